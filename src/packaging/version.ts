import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  version?: string
}

/** This package's version. The build writes it into `dist`: Node's permission model may hide everything else. */
export const version: string = versionIn('..') ?? versionIn('../..') ?? 'unknown'

function versionIn(folder: string): string | undefined {
  const manifest = JSON.parse(readFileSync(join(__dirname, folder, 'package.json'), 'utf8')) as Manifest
  return manifest.version
}
