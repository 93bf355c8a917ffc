import { devNull } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderOfInstalled } from '../../src/settings/installed-program.ts'
import { programOf } from '../../src/settings/program.ts'

const pm2 = '/usr/lib/node_modules/pm2/lib/'
const script = '/srv/shop/app.js'

it.each([
  ['a script', script, {}, { main: script, service: null, errorLog: null }],
  ['no script', undefined, {}, { main: null, service: null, errorLog: null }],
  [
    'pm2, one process',
    `${pm2}ProcessContainerFork.js`,
    { pm_exec_path: script },
    { main: script, service: null, errorLog: null },
  ],
  [
    'pm2, cluster mode',
    `${pm2}ProcessContainer.js`,
    { pm2_env: JSON.stringify({ pm_exec_path: script, pm_err_log_path: '/var/log/shop.log' }) },
    { main: script, service: null, errorLog: '/var/log/shop.log' },
  ],
  [
    'pm2, cluster mode, no logs',
    `${pm2}ProcessContainer.js`,
    { pm2_env: JSON.stringify({ pm_exec_path: script, pm_err_log_path: '/a.log', disable_logs: true }) },
    { main: script, service: null, errorLog: devNull },
  ],
  [
    "pm2's own script, without a program",
    `${pm2}ProcessContainer.js`,
    { pm2_env: 'no JSON' },
    { main: `${pm2}ProcessContainer.js`, service: null, errorLog: null },
  ],
  [
    'a pool of Jest',
    '/srv/shop/node_modules/jest-worker/build/processChild.js',
    {},
    { main: null, service: 'leakwatch', errorLog: null },
  ],
  [
    "a pool of Next's",
    '/srv/shop/node_modules/next/dist/compiled/jest-worker/processChild.js',
    {},
    { main: null, service: 'leakwatch', errorLog: null },
  ],
  [
    'a file of that name that is none of them',
    '/srv/shop/ProcessContainer.js',
    { pm_exec_path: '/elsewhere.js' },
    { main: '/srv/shop/ProcessContainer.js', service: null, errorLog: null },
  ],
])('the program of %s', (_, main, env, program) => {
  expect(programOf(main, env)).toEqual(program)
})

it.each([
  ['a tool of this project', 'vitest/dist/cli.js', {}, null],
  ['a package that is a program', 'terser/bin/terser', {}, 'terser/'],
  ['one that another program has forked', 'terser/bin/terser', { NODE_CHANNEL_FD: '3' }, null],
  ["a cluster's worker", 'terser/bin/terser', { NODE_CHANNEL_FD: '3', NODE_UNIQUE_ID: '1' }, 'terser/'],
  ["under pm2's daemon", 'terser/bin/terser', { NODE_CHANNEL_FD: '3', pm_id: '0' }, 'terser/'],
])('finds the folder of a program in node_modules: %s', (_title, main, env, folder) => {
  const modules = join(process.cwd(), 'node_modules/')
  expect(folderOfInstalled(modules + main, env)).toBe(folder === null ? null : modules + folder)
})
