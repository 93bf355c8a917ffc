/** Lines to paste where programs are run: the preload, reports on demand, and time to report what blocks a shutdown. */

export interface Snippet {
  title: string
  lines: string
}

export const snippets: readonly Snippet[] = [
  {
    title: 'Kubernetes',
    lines: `  spec:
    # longer than LEAKWATCH_STALL_MS (10 s), to report what blocks the shutdown
    terminationGracePeriodSeconds: 30
    containers:
      - name: app
        env:
          - { name: NODE_OPTIONS, value: "--require leakwatch" }
          - { name: LEAKWATCH_SERVICE, value: "shop" }

  # a report on demand; node has pid 1 where it is the container's command
  kubectl exec <pod> -c app -- sh -c 'kill -USR2 1'
  kubectl logs <pod> -c app --tail 100

  # a volume for reports, an image without leakwatch, and more commands
  npx leakwatch init kubernetes`,
  },
  {
    title: 'Docker',
    lines: `  ENV NODE_OPTIONS="--require leakwatch"
  # not \`npm start\`: npm would get the signals
  CMD ["node", "app.js"]

  # --init: with pid 1 no signal would end node, and none would be reported
  docker run --init --stop-timeout 30 --name shop <image>

  # a report on demand; docker's init passes the signal on
  docker kill --signal USR2 shop
  docker logs --tail 100 shop`,
  },
  {
    title: 'pm2: ecosystem.config.cjs',
    lines: `  module.exports = {
    apps: [
      {
        name: 'shop',
        script: 'app.js',
        node_args: '--require leakwatch',
        kill_timeout: 30000,
        // pm2's own timers stay out of the process, and of its reports
        pmx: false,
      },
    ],
  }

  # a report on demand
  pm2 sendSignal SIGUSR2 shop
  pm2 logs shop --err --nostream`,
  },
  {
    title: 'systemd: /etc/systemd/system/shop.service',
    lines: `  [Service]
  ExecStart=/usr/bin/node app.js
  WorkingDirectory=/srv/shop
  Environment="NODE_OPTIONS=--require leakwatch"
  TimeoutStopSec=30

  # a report on demand
  systemctl kill --kill-whom=main --signal=SIGUSR2 shop
  journalctl -u shop -n 100`,
  },
  {
    title: 'Coding agents: AGENTS.md',
    lines: `  To check that nothing leaks, run \`npx leakwatch run -- npm test\`: it exits with 23 where something does.
  For each leak it prints the line, what to write, and the command that proves the fix.`,
  },
  {
    title: 'GitHub Actions',
    lines: `  # fails the step if anything leaked, and annotates the lines
  - run: npx leakwatch run --format github -- npm test

  # or as code scanning alerts, from saved reports
  - run: npx leakwatch run --no-fail --out reports/ -- npm test
  - run: npx leakwatch show --format sarif reports/ > leaks.sarif
    if: always()
  - uses: github/codeql-action/upload-sarif@v3
    if: always()
    with: { sarif_file: leaks.sarif }`,
  },
]
