process.stdout.write('@chat/ws-gateway: nothing to run yet\n');
