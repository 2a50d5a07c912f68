process.stdout.write('@chat/cli: nothing to run yet\n');
