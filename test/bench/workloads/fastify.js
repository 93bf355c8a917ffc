/** A route of Fastify's that answers JSON. */
import fastify from 'fastify'
import { serve } from './served.js'

const app = fastify()
app.get('/', async () => ({ hello: 'world' }))
await app.ready()
serve(app.server)
