#include "client/commands/commands.h"

namespace annals::client {

void AddAllCommands(CommandLine* line) {
  AddAgencyCommands(line);
  AddNewCommand(line);
  AddEditCommand(line);
  AddImportCommand(line);
  AddCheckCommand(line);
  AddSubmitCommand(line);
  AddCorrectCommand(line);
  AddArchiveCommand(line);
  AddDocumentCommand(line);
  AddEraseCommand(line);
  AddStepCommand(line);
  AddLifeCommand(line);
  AddPolicyCommands(line);
  AddHistoryCommand(line);
  AddBlameCommand(line);
  AddGetCommand(line);
  AddDiffCommand(line);
  AddListCommand(line);
  AddStatusCommand(line);
  AddRollUpCommand(line);
  AddFiguresCommand(line);
  AddVerifyCommand(line);
  AddReceiptCommand(line);
  AddVerifyReceiptCommand(line);
  AddProfileCommand(line);
  AddTrustCommands(line);
  AddWatchCommand(line);
  AddMonitorCommand(line);
  AddAuditCommand(line);
  AddExportCommand(line);
  AddCellsCommand(line);
  AddRulesCommand(line);
  AddCheckpointCommand(line);
  AddHealthCommand(line);
  AddKeyCommands(line);
  AddBackupCommands(line);
  AddWitnessCommand(line);
  AddCompletionCommand(line);
  AddVersionCommand(line);
}

}  // namespace annals::client
