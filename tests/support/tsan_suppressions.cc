// What ThreadSanitizer can't know: Debian's gRPC is built without it, so the
// order that gRPC keeps between its own threads and ours is not seen, and every
// object that passes through gRPC looks like a race. Suppressed is what has a
// frame of gRPC in its stack; races between threads of our own are reported.
// The same of the count of who holds an absl::Status, and of the order of
// locks, which Abseil keeps.
//
// All tests link this file, and the programs that they start. Without the
// sanitizer it is empty.

#if defined(ANNALS_SANITIZED_THREAD)

extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_options();

const char* __tsan_default_suppressions() {
  return "race:libgrpc\n"
         "race:libgpr\n"
         "race:grpc::\n"
         "race:grpc_\n"
         "race:absl::debian*::Status::UnrefNonInlined\n"
         "race:absl::debian*::synchronization_internal::GraphCycles\n"
         "called_from_lib:libgrpc.so\n"
         "called_from_lib:libgrpc++.so\n"
         "called_from_lib:libgpr.so\n";
}

const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1";
}

#endif
