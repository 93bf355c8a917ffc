/** What `top` and `ps` use of packages. The build puts their code into this file, so that nobody has to install them. */
export { default as escapes } from 'ansi-escapes'
export { default as columnsOf } from 'string-width'
