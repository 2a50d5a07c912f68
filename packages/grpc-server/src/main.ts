process.stdout.write('@chat/grpc-server: nothing to run yet\n');
