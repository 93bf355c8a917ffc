/** Whose it is what is made in the context of a library's engine. */
import { isCodeOf } from '../engines/own-code.ts'
import type { EngineRecord } from '../records/engine-record.ts'
import { isProgram, type PlainFrame } from '../stacks/frames.ts'

/**
 * A library calls back in the context of its engine. What the program's own code made there, with no code of the library's between, is
 * the program's: of the engine that has the library's, where that engine's code made it. But a pool keeps what it has others make.
 */
export function ownerBehindLibrary(
  owner: EngineRecord,
  stack: { readonly frames: readonly PlainFrame[] } | null,
): EngineRecord | null {
  if (stack === null || owner.traits === null || owner.traits.keeps) return owner
  const { packages } = owner.traits
  const maker = stack.frames.find((frame) => isProgram(frame) || isOfPackages(frame, packages))
  if (maker === undefined || !isProgram(maker)) return owner
  let above = owner.parent
  while (above !== null && (above.traits !== null || !isCodeOf(above, maker))) above = above.parent
  return above
}

/** Whether a frame is of one of these packages' code. */
export function isOfPackages({ file }: PlainFrame, packages: readonly string[]): boolean {
  const at = file === null ? -1 : file.lastIndexOf('node_modules')
  if (file === null || at < 0) return false
  const path = file.slice(at + 13).replaceAll('\\', '/')
  return packages.some((name) => path.startsWith(`${name}/`))
}
