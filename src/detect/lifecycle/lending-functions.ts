/** Functions of libraries by which leases are taken, given back or lost, where no method of a class does. */
import { packageIn } from '../libraries/described.ts'
import type { Lease, LibraryEngine } from '../libraries/library.ts'
import { asReleaser, followLeases } from './leases.ts'
import type { Lending } from './lending.ts'
import { packageOf, traitsOf } from './library-engines.ts'
import { type AnyFunction, wrapProperty } from './wrap.ts'

/** By the names of leases. */
const lendings = new Map<string, Lending[]>()
/** Leases of which nobody can tell any more what is out. */
const lost = new Set<string>()

/** The same function, followed. `reference`: `proper-lockfile/index.js#lock`; `null`: it has nothing to do with leases. */
export function followLendingFunction(
  make: AnyFunction,
  engineName: string,
  engine: LibraryEngine,
  reference: string,
): AnyFunction | null {
  for (const lease of [engine.lease ?? []].flat() as Lease[]) {
    if (lease.takers?.includes(reference) === true) return taking(make, engineName, engine, lease, reference)
    if (lease.releases?.includes(reference) === true) return releasing(make, reference)
    if (lease.losers?.includes(reference) === true) return losing(make, lease)
  }
  return null
}

function taking(
  make: AnyFunction,
  engineName: string,
  engine: LibraryEngine,
  lease: Lease,
  reference: string,
): AnyFunction {
  const take = make.name
  const holder: Record<string, AnyFunction> = { [take]: make }
  const path = reference.slice(0, reference.indexOf('#'))
  const lent = { name: engineName, package: packageOf(engineName), traits: traitsOf(engine, packageIn(path)) }
  const lending = followLeases(holder, { ...lease, take }, lent, (key, around) => {
    wrapProperty(holder, key, around)
  })
  if (lending !== null) lendings.set(lease.name, [...(lendings.get(lease.name) ?? []), lending])
  if (lost.has(lease.name)) lending?.mistrust()
  return holder[take] as AnyFunction
}

function releasing(make: AnyFunction, reference: string): AnyFunction {
  if (reference.slice(reference.indexOf('#')).includes('.')) return asReleaser(make)
  const holder = { make }
  wrapProperty(holder, 'make', (original, self, args) =>
    asReleaser(Reflect.apply(original, self, args) as AnyFunction),
  )
  return holder.make
}

function losing(make: AnyFunction, { name }: Lease): AnyFunction {
  const holder = { make }
  wrapProperty(holder, 'make', (original, self, args) => {
    lost.add(name)
    for (const lending of lendings.get(name) ?? []) lending.mistrust()
    return Reflect.apply(original, self, args)
  })
  return holder.make
}
