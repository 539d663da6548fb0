/**
 * Returns what an example's command line asks for. `--help` ends the process with its usage, what cannot be meant with one line and exit code 2.
 *
 * @param read takes the words after the script's name; returns undefined where help is asked for, throws where an option is at fault
 */
export async function optionsOrExit(usage, read) {
  try {
    const options = await read(process.argv.slice(2));
    if (options !== undefined) return options;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n--help shows how it is called`);
    process.exit(2);
  }
}
