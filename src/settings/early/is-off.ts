/** Whether the environment says `off`. Asked before anything else of leakwatch is loaded. */
export function isOff(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.LEAKWATCH?.trim() === 'off'
}
