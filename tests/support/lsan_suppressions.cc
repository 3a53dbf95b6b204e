// What LeakSanitizer is to overlook in a program that lets RocksDB fail.
// Without the sanitizer it is empty.

#if defined(__SANITIZE_ADDRESS__)

extern "C" const char* __lsan_default_suppressions();

const char* __lsan_default_suppressions() {
  // If it can't make the next log it forgets the memtable made before.
  return "leak:rocksdb::DBImpl::SwitchMemtable\n";
}

#endif
