// The published eight-leaf tree of RFC 6962 implementations, from
// tests/data/rfc6962-vectors.json.

#ifndef ANNALS_TESTS_SUPPORT_RFC6962_VECTORS_H_
#define ANNALS_TESTS_SUPPORT_RFC6962_VECTORS_H_

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "ledger/hash.h"

namespace annals::ledger {

struct ProofVector {
  uint64_t first = 0;  // The index, or the old size.
  uint64_t size = 0;
  std::vector<Hash> proof;
};

struct Rfc6962Vectors {
  std::vector<std::string> leaves;
  std::vector<Hash> leaf_hashes;
  std::map<uint64_t, Hash> roots;  // By size.
  std::vector<ProofVector> inclusion;
  std::vector<ProofVector> consistency;
};

inline Hash HashFromHex(const std::string& hex) {
  return HashFromBytes(absl::HexStringToBytes(hex));
}

// By reflection, which runs in the library: under ThreadSanitizer, protobuf's
// headers lay a map out otherwise than Debian's library does.
inline std::map<std::string, google::protobuf::Value> FieldsOf(
    const google::protobuf::Struct& object) {
  const auto* map = object.GetDescriptor()->FindFieldByName("fields");
  const auto* reflection = object.GetReflection();
  std::map<std::string, google::protobuf::Value> fields;
  for (int i = 0; i < reflection->FieldSize(object, map); ++i) {
    const auto& entry = reflection->GetRepeatedMessage(object, map, i);
    const auto* key = entry.GetDescriptor()->FindFieldByName("key");
    const auto* value = entry.GetDescriptor()->FindFieldByName("value");
    fields[entry.GetReflection()->GetString(entry, key)].CopyFrom(
        entry.GetReflection()->GetMessage(entry, value));
  }
  return fields;
}

inline std::vector<ProofVector> ProofVectorsFrom(
    const google::protobuf::Value& list, const std::string& first,
    const std::string& size) {
  std::vector<ProofVector> vectors;
  for (const auto& item : list.list_value().values()) {
    const auto fields = FieldsOf(item.struct_value());
    ProofVector vector;
    vector.first = static_cast<uint64_t>(fields.at(first).number_value());
    vector.size = static_cast<uint64_t>(fields.at(size).number_value());
    for (const auto& hash : fields.at("path").list_value().values()) {
      vector.proof.push_back(HashFromHex(hash.string_value()));
    }
    vectors.push_back(vector);
  }
  return vectors;
}

// The current test fails if the file can't be read.
inline Rfc6962Vectors LoadRfc6962Vectors() {
  std::ifstream file(ANNALS_TEST_DATA "/rfc6962-vectors.json");
  std::stringstream json;
  json << file.rdbuf();
  google::protobuf::Struct data;
  Rfc6962Vectors vectors;
  const bool parsed =
      google::protobuf::util::JsonStringToMessage(json.str(), &data).ok();
  const auto fields = FieldsOf(data);
  if (!parsed || fields.count("consistency") == 0) {
    ADD_FAILURE() << "rfc6962-vectors.json can't be read";
    return vectors;
  }
  for (const auto& leaf : fields.at("leaves").list_value().values()) {
    vectors.leaves.push_back(absl::HexStringToBytes(leaf.string_value()));
  }
  for (const auto& hash : fields.at("leaf_hashes").list_value().values()) {
    vectors.leaf_hashes.push_back(HashFromHex(hash.string_value()));
  }
  for (const auto& [size, root] : FieldsOf(fields.at("roots").struct_value())) {
    uint64_t number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(size, &number));
    vectors.roots[number] = HashFromHex(root.string_value());
  }
  vectors.inclusion = ProofVectorsFrom(fields.at("inclusion"), "index", "size");
  vectors.consistency =
      ProofVectorsFrom(fields.at("consistency"), "from", "to");
  return vectors;
}

}  // namespace annals::ledger

#endif  // ANNALS_TESTS_SUPPORT_RFC6962_VECTORS_H_
