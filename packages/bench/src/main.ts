process.stdout.write('@chat/bench: nothing to run yet\n');
