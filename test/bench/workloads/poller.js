/** An engine: it holds an interval from its start to its stop. */
export class Poller {
  #timer

  start(ms = 1000) {
    this.#timer = setInterval(() => {}, ms)
  }

  stop() {
    clearInterval(this.#timer)
  }
}
