process.stdout.write('@chat/dev-env: nothing to run yet\n');
