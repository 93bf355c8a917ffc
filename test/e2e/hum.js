/**
 * Loaded before leakwatch: an interval that it does not see, in which timers come and go as fast as they may, from a deep stack. A
 * program beside it has next to nothing left of the budget for stacks.
 */
const timersAtOnce = 200
const depth = 20

function hum(frames) {
  if (frames > 0) return hum(frames - 1)
  for (let count = 0; count < timersAtOnce; count += 1) clearTimeout(setTimeout(() => {}, 1_000_000))
}

setInterval(() => hum(depth), 2).unref()
