/** Opens a session ten times a second, and closes it after a while. With `FORGETS=30` it forgets each thirtieth. */
class Session {
  open() {
    this.timer = setInterval(() => {}, 1000)
  }

  close() {
    clearInterval(this.timer)
  }
}

const forgets = Number(process.env.FORGETS ?? Number.POSITIVE_INFINITY)
let count = 0
setInterval(() => {
  const session = new Session()
  session.open()
  count += 1
  if (count % forgets !== 0) setTimeout(() => session.close(), 30)
}, 100)
