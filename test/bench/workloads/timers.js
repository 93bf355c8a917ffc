/** Timers set and cleared under a stack of 20 frames. */
import { measure } from './measured.js'

const depth = 20

function under(frames, body) {
  if (frames === 0) body()
  else under(frames - 1, body)
}

measure((count) => {
  for (let index = 0; index < count; index += 1) under(depth, () => clearTimeout(setTimeout(() => {}, 1000)))
})
