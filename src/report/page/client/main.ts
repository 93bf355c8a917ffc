/** The script of a page of reports. What is to be read is there without it. */
import { engineTree } from './engine-tree.ts'
import { filtering } from './filtering.ts'
import { growthPlots } from './growth.ts'
import { keepInStep } from './keyboard.ts'
import { type Lives, livesPlot } from './lives.ts'

interface PageData {
  lives: Lives[]
  growth: Record<string, [number[], number[]]>
}

const data = JSON.parse(document.querySelector('script#data')?.textContent ?? '{}') as PageData
const filter = filtering()

for (const place of document.querySelectorAll<HTMLElement>('.lives')) {
  const lives = data.lives[Number(place.dataset.report)]
  if (lives !== undefined) filter.listen(engineTree(place, lives))
}
for (const place of document.querySelectorAll<HTMLElement>('.lives-plot')) {
  const lives = data.lives[Number(place.dataset.report)]
  if (lives !== undefined) livesPlot(place, lives)
}
growthPlots(data.growth)
keepInStep(filter)
