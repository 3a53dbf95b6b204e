# The targets by clang with libFuzzer and AddressSanitizer, whatever compiler
# builds the rest: our own sources, compiled anew and instrumented, with the
# libraries of the system.
set(FUZZ_DIR ${CMAKE_CURRENT_BINARY_DIR}/libfuzzer)
file(MAKE_DIRECTORY ${FUZZ_DIR})
pkg_check_modules(FUZZ_IMPORT_LIBRARIES REQUIRED absl_flat_hash_map gumbo
  libzip poppler-cpp pugixml zlib)
set(FUZZ_FLAGS -std=c++20 -O1 -g1 -fsanitize=fuzzer-no-link,address
    -DANNALS_SANITIZED
    -fno-omit-frame-pointer -I${PROJECT_SOURCE_DIR}
    -I${PROJECT_BINARY_DIR}/proto/generated ${FUZZ_IMPORT_LIBRARIES_CFLAGS})

# Sets `object` to the instrumented object file of a source of the project.
function(fuzz_object source object)
  string(REPLACE "/" "_" name ${source})
  set(path ${FUZZ_DIR}/${name}.o)
  add_custom_command(OUTPUT ${path}
    COMMAND ${CCACHE} ${CLANG_CXX} ${FUZZ_FLAGS} -MD -MF ${path}.d -MT ${path}
            -c ${PROJECT_SOURCE_DIR}/${source} -o ${path}
    DEPENDS ${PROJECT_SOURCE_DIR}/${source} annals_proto
    DEPFILE ${path}.d
    COMMENT "Building fuzzing object ${source}")
  set(${object} ${path} PARENT_SCOPE)
endfunction()

get_target_property(FUZZ_CORE_SOURCES ledger_core SOURCES)
set(FUZZ_CORE_OBJECTS)
foreach(source ${FUZZ_CORE_SOURCES})
  fuzz_object(ledger/${source} object)
  list(APPEND FUZZ_CORE_OBJECTS ${object})
endforeach()
set(FUZZ_LEAF_OBJECTS)
foreach(source service/leaf_codec.cc service/report/characters.cc
        service/report/names.cc)
  fuzz_object(${source} object)
  list(APPEND FUZZ_LEAF_OBJECTS ${object})
endforeach()

set(FUZZ_REPORT_OBJECTS)
foreach(source json_message.cc json_reader.cc report_json.cc report_view.cc)
  fuzz_object(service/report/${source} object)
  list(APPEND FUZZ_REPORT_OBJECTS ${object})
endforeach()

get_target_property(FUZZ_IMPORT_SOURCES annals_import SOURCES)
set(FUZZ_IMPORT_OBJECTS)
foreach(source ${FUZZ_IMPORT_SOURCES})
  fuzz_object(client/import/${source} object)
  list(APPEND FUZZ_IMPORT_OBJECTS ${object})
endforeach()

pkg_check_modules(FUZZ_LIBRARIES REQUIRED absl_cleanup absl_flat_hash_map
  absl_span absl_status absl_statusor absl_str_format absl_strings absl_time libcrypto protobuf)

add_executable(write_fuzz_seeds write_seeds.cc)
target_link_libraries(write_fuzz_seeds PRIVATE fuzz_seeds)
add_custom_command(OUTPUT ${FUZZ_DIR}/seeds.stamp
  COMMAND write_fuzz_seeds ${FUZZ_DIR}/seeds ${FUZZ_TARGETS}
          ${FUZZ_REPORT_TARGETS} ${FUZZ_IMPORT_TARGETS}
  COMMAND ${CMAKE_COMMAND} -E touch ${FUZZ_DIR}/seeds.stamp
  DEPENDS write_fuzz_seeds)

set(FUZZ_PROGRAMS)
foreach(target ${FUZZ_TARGETS} ${FUZZ_REPORT_TARGETS} ${FUZZ_IMPORT_TARGETS})
  fuzz_object(tests/fuzz/${target}_fuzzer.cc object)
  set(program ${FUZZ_DIR}/${target}_fuzzer)
  set(objects ${object} ${FUZZ_CORE_OBJECTS})
  set(archives)
  if(target STREQUAL leaf)
    list(APPEND objects ${FUZZ_LEAF_OBJECTS})
    set(archives $<TARGET_FILE:annals_proto>)
  endif()
  set(libraries)
  set(bytes_max 4096)
  if(target IN_LIST FUZZ_REPORT_TARGETS)
    list(APPEND objects ${FUZZ_REPORT_OBJECTS})
    set(archives $<TARGET_FILE:annals_report> $<TARGET_FILE:annals_proto>)
    set(bytes_max 16384)
  endif()
  if(target IN_LIST FUZZ_IMPORT_TARGETS)
    list(APPEND objects ${FUZZ_IMPORT_OBJECTS})
    set(archives $<TARGET_FILE:annals_report> $<TARGET_FILE:annals_proto>)
    set(libraries ${FUZZ_IMPORT_LIBRARIES_LDFLAGS})
    set(bytes_max 65536)
  endif()
  add_custom_command(OUTPUT ${program}
    COMMAND ${CLANG_CXX} -fsanitize=fuzzer,address ${objects} ${archives}
            ${FUZZ_LIBRARIES_LDFLAGS} ${libraries} -o ${program}
    DEPENDS ${objects} annals_proto annals_report
    COMMENT "Linking fuzzer ${target}"
    VERBATIM)
  list(APPEND FUZZ_PROGRAMS ${program})
  fuzz_runs(${target} runs)
  add_test(NAME libfuzzer.${target}
    COMMAND ${program} -runs=${runs} -seed=1 -max_len=${bytes_max} -timeout=20
            -artifact_prefix=${FUZZ_DIR}/ ${FUZZ_DIR}/new/${target}
            ${FUZZ_DIR}/seeds/${target})
  # What a run finds must not change the next one.
  add_test(NAME libfuzzer.${target}.clean
    COMMAND sh -c "rm -rf ${FUZZ_DIR}/new/${target} && mkdir -p ${FUZZ_DIR}/new/${target}")
  set_tests_properties(libfuzzer.${target}.clean PROPERTIES
    FIXTURES_SETUP libfuzzer.${target})
  set_tests_properties(libfuzzer.${target} PROPERTIES TIMEOUT 120
    FIXTURES_REQUIRED libfuzzer.${target})
endforeach()
add_custom_target(libfuzzer ALL
  DEPENDS ${FUZZ_PROGRAMS} ${FUZZ_DIR}/seeds.stamp)
