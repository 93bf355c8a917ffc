import { expect, it } from 'vitest'
import { kubernetesRecipes } from '../../../src/cli/monitoring/kubernetes.ts'
import { type Container, manifests, type PodSpec, specOf } from './manifests.ts'

const all = manifests(kubernetesRecipes())
const pods = all.flatMap(({ kind, metadata: { name }, ...each }) => {
  const spec = specOf({ kind, metadata: { name }, ...each })
  return spec === null ? [] : [{ name: `${kind} ${name}`, spec }]
})
const namesOf = (kind: string) => all.filter((each) => each.kind === kind).map((each) => each.metadata.name)
const containersOf = ({ containers, initContainers = [] }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
]

it('is YAML of what Kubernetes knows', () => {
  expect(all.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    'v1 ConfigMap',
    'v1 PersistentVolumeClaim',
    'apps/v1 Deployment',
    'apps/v1 Deployment',
    'v1 Pod',
  ])
  for (const { spec } of all.filter(({ kind }) => kind === 'Deployment'))
    expect(spec?.selector?.matchLabels).toEqual(spec?.template?.metadata.labels)
  // YAML takes many words for something else than text, which a variable has to be.
  const values = [
    ...all.flatMap(({ data = {} }) => Object.values(data)),
    ...pods.flatMap(({ spec }) =>
      containersOf(spec).flatMap(({ command = [], env = [] }) => [
        ...command,
        ...env.filter(({ valueFrom }) => valueFrom === undefined).map(({ value }) => value),
      ]),
    ),
  ]
  expect(values.filter((value) => typeof value !== 'string')).toEqual([])
})

it.each(pods)('$name has each volume that it mounts, and mounts each that it has', ({ spec }) => {
  const mounted = containersOf(spec).flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name))
  expect([...new Set(mounted)].toSorted()).toEqual(spec.volumes.map(({ name }) => name).toSorted())
  const claims = spec.volumes.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? [])
  expect(claims.filter((name) => !namesOf('PersistentVolumeClaim').includes(name))).toEqual([])
})

it.each(pods)(
  '$name reads settings that there are, and names its pod before it uses the name',
  ({ spec }) => {
    for (const { envFrom = [], env = [], volumeMounts } of containersOf(spec)) {
      const maps = envFrom.map(({ configMapRef }) => configMapRef.name)
      expect(maps.filter((name) => !namesOf('ConfigMap').includes(name))).toEqual([])
      const used = volumeMounts.flatMap(({ subPathExpr = '' }) => /\$\((\w+)\)/.exec(subPathExpr)?.[1] ?? [])
      const given = env.map(({ name }) => name)
      expect(used.filter((name) => !given.includes(name))).toEqual([])
    }
  },
)
