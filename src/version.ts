import { readFileSync } from 'node:fs'

interface Manifest {
  version: string
}

/** This package's version. */
export const version: string = readVersion()

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Manifest
  return manifest.version
}
