import { init } from 'wtfnode'

init()
