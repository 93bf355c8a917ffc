/** `leakwatch init kubernetes`: a program under leakwatch, its reports on a volume, and the commands that ask for more. */

/** The file in the package, for a program in whose folders it is not: Node does not read `exports` of a path. */
const injected = '/leakwatch/node_modules/leakwatch'

const podName = `            - name: POD_NAME
              valueFrom: { fieldRef: { fieldPath: metadata.name } }`

const reportsMount = `            - name: reports
              mountPath: /reports
              # a folder for each pod: in each of them the program has pid 1
              subPathExpr: $(POD_NAME)`

const reportsVolume = `        - name: reports
          persistentVolumeClaim: { claimName: leakwatch-reports }`

export function kubernetesRecipes(): string {
  return `# leakwatch in Kubernetes, to copy from: the settings and the volume, then A or B, then C.
# \`shop\` stands for your program.

apiVersion: v1
kind: ConfigMap
metadata:
  name: leakwatch
data:
  NODE_OPTIONS: --require leakwatch
  # reports are on stderr, and here too
  LEAKWATCH_OUT: /reports
---
# Keeps the reports longer than a pod lives. For those of running pods alone \`emptyDir: {}\` does,
# in place of each \`persistentVolumeClaim\`.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: leakwatch-reports
spec:
  # ReadWriteOnce where all pods are on one node
  accessModes: [ReadWriteMany]
  resources: { requests: { storage: 1Gi } }
---
# A. The image of the program contains leakwatch, as one of its dependencies.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      # longer than LEAKWATCH_STALL_MS (10 s), to report what blocks the shutdown
      terminationGracePeriodSeconds: 30
      # the program's group, which has to write to the volume; 1000 is that of \`node\`
      securityContext: { fsGroup: 1000 }
      containers:
        - name: app
          image: shop
          # not \`npm start\`: npm would get the signals. As pid 1, node ends at SIGTERM only where the
          # program listens for it.
          command: [node, app.js]
          envFrom:
            - configMapRef: { name: leakwatch }
          env:
            - { name: LEAKWATCH_SERVICE, value: shop }
${podName}
          volumeMounts:
${reportsMount}
      volumes:
${reportsVolume}
---
# B. The image does not contain leakwatch. An init container copies it into a volume, as the
# OpenTelemetry operator does with its own. Its image has to be of the same kind as the program's:
# what parses sources is made for a processor and a C library (Alpine has another).
#   FROM node:22
#   RUN npm install --prefix /leakwatch leakwatch
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-injected
spec:
  selector: { matchLabels: { app: shop-injected } }
  template:
    metadata: { labels: { app: shop-injected } }
    spec:
      terminationGracePeriodSeconds: 30
      securityContext: { fsGroup: 1000 }
      initContainers:
        - name: leakwatch
          image: leakwatch
          command: [cp, -r, /leakwatch/., /injected]
          volumeMounts:
            - { name: leakwatch, mountPath: /injected }
      containers:
        - name: app
          image: shop
          command: [node, app.js]
          envFrom:
            - configMapRef: { name: leakwatch }
          env:
            # It takes the place of that of the ConfigMap. Where the OpenTelemetry operator injects too,
            # it has to stand here: the operator adds its \`--require\` to this one, and does not see
            # that of a ConfigMap, which is then without effect.
            - { name: NODE_OPTIONS, value: "--require ${injected}/dist/index.cjs" }
            - { name: LEAKWATCH_SERVICE, value: shop }
${podName}
          volumeMounts:
            - { name: leakwatch, mountPath: /leakwatch, readOnly: true }
${reportsMount}
      volumes:
        - name: leakwatch
          emptyDir: {}
${reportsVolume}
---
# C. Reads the reports of all pods, also of those that have ended.
apiVersion: v1
kind: Pod
metadata:
  name: leakwatch-reports
spec:
  containers:
    - name: reader
      image: node:22
      command: [sleep, infinity]
      volumeMounts:
        - { name: reports, mountPath: /reports, readOnly: true }
  volumes:
    - name: reports
      persistentVolumeClaim: { claimName: leakwatch-reports, readOnly: true }

# What runs now, in one of the pods. Both find each other in /tmp: where the root is read-only,
# mount an emptyDir there.
#   kubectl exec deploy/shop -c app -- npx leakwatch ps
#   kubectl exec deploy/shop -c app -- npx leakwatch dump --all
#   kubectl exec -it deploy/shop -c app -- npx leakwatch top
# The same of B, where the program's folder has no leakwatch:
#   kubectl exec deploy/shop-injected -c app -- node ${injected}/bin/leakwatch.js dump --all
# All reports, here or there. \`kubectl cp\` needs \`tar\` in the container.
#   kubectl cp leakwatch-reports:/reports reports
#   npx leakwatch show reports/
#   kubectl exec leakwatch-reports -- npx --yes leakwatch show /reports
`
}
