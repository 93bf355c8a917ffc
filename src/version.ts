import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  version: string
}

/** This package's version. */
export const version: string = readVersion()

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as Manifest
  return manifest.version
}
