/** `preset: 'leakwatch'` of a Jest config. Jest wants a default export. */
import { join } from 'node:path'

const preset: { setupFilesAfterEnv: string[] } = { setupFilesAfterEnv: [join(__dirname, '../../jest.js')] }

export default preset
