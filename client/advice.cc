#include "client/advice.h"

#include <map>
#include <string>

namespace annals::client {

std::optional<Text> AdviceFor(absl::string_view reason) {
  static const auto* const advice = new std::map<std::string, Text>{
      {"AGENCY_NOT_REGISTERED",
       {"登记：annals agency register CODE --name 名称 --division 行政区划代码",
        "register it: annals agency register CODE --name NAME --division "
        "CODE"}},
      {"REPORT_EXISTS",
       {"更正：annals get REPORT --format json > latest.json，修改后 annals "
        "correct latest.json …",
        "correct it: annals get REPORT --format json > latest.json, edit it, "
        "then annals correct latest.json ..."}},
      {"ETAG_MISMATCH",
       {"取得最新修订：annals get REPORT --format json > latest.json；用 "
        "annals "
        "diff REPORT 看别人改了什么",
        "get the latest: annals get REPORT --format json > latest.json; annals "
        "diff REPORT shows what others changed"}},
      {"SERVER_UNREACHABLE",
       {"请确认 annalsd 已启动，并用 --server 或 ANNALS_SERVER 给出其地址",
        "is annalsd running? give its address with --server or "
        "ANNALS_SERVER"}},
      {"NO_ANSWER_IN_TIME",
       {"可用 --timeout 延长等待时间", "--timeout waits longer"}},
      {"UNKNOWN_FIELD",
       {"字段名见 proto/annals/v1/report.proto，或 annals get REPORT --format "
        "json 的输出",
        "the field names are those of proto/annals/v1/report.proto and of "
        "annals get REPORT --format json"}},
      {"CHECKPOINT_NOT_SIGNED",
       {"请核对公钥是否为这个账本的公钥，并保留这次的输出作为证据",
        "is it this ledger's key? keep this output as evidence"}},
      {"ANSWER_MISMATCH",
       {"服务器或传输有误，或被改动；其应答未被采用，请保留这次的输出作为证据",
        "server or connection are broken or were tampered with; the answer was "
        "not used, keep this output as evidence"}},
      {"INCLUSION_NOT_PROVED",
       {"账本或传输被改动；请保留这次的输出作为证据",
        "ledger or connection were tampered with; keep this output as "
        "evidence"}},
      {"CONTENT_MISMATCH",
       {"报告内容或传输被改动；请保留这次的输出作为证据",
        "the content or the connection were tampered with; keep this output as "
        "evidence"}},
  };
  const auto found = advice->find(std::string(reason));
  if (found == advice->end()) return std::nullopt;
  return found->second;
}

}  // namespace annals::client
