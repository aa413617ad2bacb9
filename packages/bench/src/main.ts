const help = `pnpm bench <name> [--json]: measures one thing, as a ratio to a floor or a peer measured in the same run.

There is no bench yet.
`;

const name = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
process.stdout.write(help);
if (name !== undefined) {
  process.stderr.write(`There is no bench called ${name}.\n`);
  process.exitCode = 1;
}
