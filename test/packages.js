/**
 * Runs the own tests of popular packages bare and with the preload in `NODE_OPTIONS`: each file has to have the same
 * verdicts and the same ending both ways, and each `leak` that is reported needs its row in `packages-table.js`. Needs the
 * network. `node test/packages.js [package...]`; `LEAKWATCH_NODE` is the Node under test.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
