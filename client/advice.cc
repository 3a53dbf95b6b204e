#include "client/advice.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "client/audit/server_damage.h"

namespace annals::client {

namespace {

using AdviceTable = std::map<std::string, Text>;

std::optional<Text> Find(absl::string_view reason, const AdviceTable& table) {
  const auto found = table.find(std::string(reason));
  if (found == table.end()) return std::nullopt;
  return found->second;
}

// On a ledger that can't be trusted.
std::optional<Text> AdviceOnTrust(absl::string_view reason) {
  static const auto* const advice = new AdviceTable{
      {"LEDGER_ROLLED_BACK",
       {"请把证据文件交给主管部门或审计；若运维方声明从备份恢复，请其说明，"
        "并在核实后 annals trust remove 再重新固定",
        "show the evidence to whoever supervises or audits the ledger; if its "
        "operator says that it was restored from a backup, let them explain, "
        "and only then annals trust remove and pin it anew"}},
      {"LEDGER_FORKED",
       {"同一账本对不同的人给出了不同的内容；请把证据文件交给主管部门或审计",
        "the ledger shows different people different things; show the evidence "
        "to whoever supervises or audits it"}},
      {"LEDGER_KEY_NOT_PINNED",
       {"若运维方声明更换了密钥，请从可信渠道核对新公钥，再用 annals trust "
        "add 加入",
        "if the operator says that the key was changed, check the new verifier "
        "key in a way you trust, then annals trust add it"}},
      {"HISTORY_BROKEN",
       {"服务器隐去或改动了修订；请保留这次的输出作为证据",
        "the server hid or altered revisions; keep this output as evidence"}},
  };
  return Find(reason, *advice);
}

// On what a server says of its own ledger.
std::optional<Text> AdviceOnDamage(absl::string_view reason) {
  static const absl::string_view kReasons[] = {
      "ENTRY_DAMAGED",      "INDEX_DAMAGED", "STORE_DAMAGED",
      "TILE_DAMAGED",       "DATA_LOSS",     "LEAF_UNREADABLE",
      "CONTENT_UNREADABLE", "LEAF_MISSING",  kEntryDamagedReason,
      kIndexDamagedReason};
  if (std::find(std::begin(kReasons), std::end(kReasons), reason) ==
      std::end(kReasons)) {
    return std::nullopt;
  }
  return Text{
      "服务器读不出账本所记录的内容：存储损坏，或被改动。请保留这次的输出作为"
      "证据，并通知监督机关；导出的副本（annals export）或备份可证明原来的内容",
      "the server can't read what the ledger recorded: its store is damaged, "
      "or was tampered with. Keep this output as evidence and tell the "
      "supervisor; an exported copy (annals export) or a backup proves what "
      "was there"};
}

// On what was not recorded.
std::optional<Text> AdviceOnRecording(absl::string_view reason) {
  static const auto* const advice = new AdviceTable{
      {"AGENCY_NOT_REGISTERED",
       {"登记：annals agency register CODE --name 名称 --division 行政区划代码",
        "register it: annals agency register CODE --name NAME --division "
        "CODE"}},
      {"VALID_FROM_TOO_EARLY",
       {"--valid-from 日期 指定生效日期；--replace-pending "
        "取代尚未生效的变更；--replace-from 日期 取代自该日起的登记",
        "--valid-from DATE says from which day it holds; --replace-pending "
        "takes the place of a change that is to come, --replace-from DATE of "
        "what the register says from that day on"}},
      {"WRONG_PARTY",
       {"--acting-for CODE 写明代表哪个机关",
        "--acting-for CODE says for which agency you act"}},
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
  };
  return Find(reason, *advice);
}

}  // namespace

std::optional<Text> AdviceFor(absl::string_view reason) {
  static const auto* const advice = new AdviceTable{
      {"SERVER_UNREACHABLE",
       {"请确认 annalsd 已启动，并用 --server 或 ANNALS_SERVER 给出其地址",
        "is annalsd running? give its address with --server or "
        "ANNALS_SERVER"}},
      {"AGENCY_NOT_ALLOWED",
       {"请写明本机关，角色可及下级的也可写其下级：视命令而定，写在 REPORT、"
        "CODE、--agency 或 --under 中",
        "name your own agency, or one below it if your role reaches there: in "
        "REPORT, CODE, --agency or --under, whichever the command takes"}},
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
      {"LEDGER_ROLLED_BACK",
       {"请保留状态文件与这次的输出作为证据，并通知监督机关",
        "keep the state file and this output as evidence, and tell the "
        "supervisor"}},
      {"CONSISTENCY_NOT_PROVED",
       {"请保留状态文件与这次的输出作为证据，并通知监督机关",
        "keep the state file and this output as evidence, and tell the "
        "supervisor"}},
      {"AUDIT_CONTENT_MISSING",
       {"若导出时未含报告内容，可用 --without-contents 审计",
        "if the contents were left out of the export, audit with "
        "--without-contents"}},
  };
  if (auto found = AdviceOnTrust(reason)) return found;
  if (auto found = AdviceOnRecording(reason)) return found;
  if (auto found = AdviceOnDamage(reason)) return found;
  return Find(reason, *advice);
}

}  // namespace annals::client
