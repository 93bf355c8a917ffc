/** A process that is measured: it answers what it is asked, a message each. */
import { fork } from 'node:child_process'

/** `first`: what it says when it is ready. */
export async function startChild({ file, binary, argv, env }) {
  const child = fork(file, [], {
    execPath: binary,
    execArgv: argv,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let fail = () => {}
  const answer = () =>
    new Promise((resolve, reject) => {
      fail = reject
      child.once('message', resolve)
    })
  child.once('exit', (code) => fail(new Error(`${file} ended with ${code}`)))
  const first = await answer()
  return {
    first,
    ask(message) {
      child.send(message)
      return answer()
    },
    end: () => child.send('end'),
  }
}
