// Makes sure that what the tests run for real is on this machine. `npm test` runs it first.
import { canInstall, install } from './debian.ts';
import { eximPath } from './exim.ts';
import { requirements } from './requirement.ts';

const missing = () => requirements.filter(requirement => !requirement.isPresent());

const toInstall = missing();
if (toInstall.length > 0 && canInstall()) {
  const packages = [...new Set(toInstall.flatMap(requirement => requirement.debianPackages))];
  console.log(`Installing for the tests: ${packages.join(' ')}`);
  install(packages);
}

const stillMissing = missing();
if (stillMissing.length > 0) {
  console.error('The tests run real programs, and these are missing:\n');
  for (const { name, purpose, debianPackages } of stillMissing) {
    console.error(`  ${name.padEnd(10)} ${purpose}; on Debian: apt-get install ${debianPackages.join(' ')}`);
  }
  console.error('\nInstall them and run npm test again');
  process.exit(1);
}

// Here, rather than by whichever test comes first.
if (canInstall()) eximPath();
