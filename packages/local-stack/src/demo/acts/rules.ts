/** The mapping rules of the first act: none. */
export const noRules = 'version: 1\nrules: []\n';

const [from, to] = ['Outão', 'Outão Quarry'];

/** One rule: a plant gets another name. */
export const renamingRules = {
  from,
  to,
  text: `version: 1
rules:
  - rule: outao-quarry
    match:
      group: 'Secil'
      edge: 'Portugal'
      device: 'Aggregates'
      name: '${from}/{rest}'
    metric: '{group}/{edge}/{device}/${to}/{rest}'
`,
};
