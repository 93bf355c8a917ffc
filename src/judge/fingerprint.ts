/**
 * The same bug has the same id in every run, process and machine: made of kind, name, package, file relative to the
 * package's root and function; not of lines, so that editing above a leak does not make it new.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Kind } from './kinds/list.ts'
import { sha256 } from './sha256.ts'

export interface PackageInfo {
  name: string | null
  version: string | null
  root: string
}

const packages = new Map<string, PackageInfo | null>()

/** The package that `file` belongs to: the nearest `package.json` with a name, else the nearest at all. */
export function packageOf(file: string): PackageInfo | null {
  return packageOfFolder(dirname(file))
}

function packageOfFolder(folder: string): PackageInfo | null {
  const known = packages.get(folder)
  if (known !== undefined) return known
  const here = readPackage(folder)
  const parent = dirname(folder)
  const above = here?.name || parent === folder ? null : packageOfFolder(parent)
  const found = here?.name ? here : (above ?? here)
  packages.set(folder, found)
  return found
}

function readPackage(folder: string): PackageInfo | null {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
    return { name: textOf(name), version: textOf(version), root: folder }
  } catch {
    return null
  }
}

export interface FingerprintParts {
  kind: Kind
  name: string
  file: string | null
  function: string | null
}

/** Twelve hexadecimal digits. */
export function fingerprint({ kind, name, file, function: caller }: FingerprintParts): string {
  const owner = file === null ? null : packageOf(file)
  const path =
    file === null ? '' : owner === null ? basename(file) : relative(owner.root, file).split(sep).join('/')
  const parts = [kind, name, owner?.name ?? '', path, caller ?? '']
  return sha256(parts.join('\0')).slice(0, 12)
}
