/** A module that gathers its state in one object. */
interface Room {
  readonly state: object
  readonly fresh: () => object
}

/** As if nothing had happened in these rooms yet. Methods that are wrapped stay wrapped. */
export function beginAnew(...rooms: readonly Room[]): void {
  for (const { state, fresh } of rooms) Object.assign(state, fresh())
}
