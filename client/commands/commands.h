// All commands, each in a file of its name.

#ifndef ANNALS_CLIENT_COMMANDS_COMMANDS_H_
#define ANNALS_CLIENT_COMMANDS_COMMANDS_H_

#include "client/command_line.h"

namespace annals::client {

void AddAgencyCommands(CommandLine* line);
void AddNewCommand(CommandLine* line);
void AddEditCommand(CommandLine* line);
void AddImportCommand(CommandLine* line);
void AddCheckCommand(CommandLine* line);
void AddStatusCommand(CommandLine* line);
void AddRollUpCommand(CommandLine* line);
void AddFiguresCommand(CommandLine* line);
void AddSubmitCommand(CommandLine* line);
void AddCorrectCommand(CommandLine* line);
void AddArchiveCommand(CommandLine* line);
void AddDocumentCommand(CommandLine* line);
void AddEraseCommand(CommandLine* line);
void AddStepCommand(CommandLine* line);
void AddLifeCommand(CommandLine* line);
void AddPolicyCommands(CommandLine* line);
void AddHistoryCommand(CommandLine* line);
void AddBlameCommand(CommandLine* line);
void AddGetCommand(CommandLine* line);
void AddDiffCommand(CommandLine* line);
void AddListCommand(CommandLine* line);
void AddVerifyCommand(CommandLine* line);
void AddReceiptCommand(CommandLine* line);
void AddVerifyReceiptCommand(CommandLine* line);
void AddProfileCommand(CommandLine* line);
void AddTrustCommands(CommandLine* line);
void AddWatchCommand(CommandLine* line);
void AddMonitorCommand(CommandLine* line);
void AddAuditCommand(CommandLine* line);
void AddExportCommand(CommandLine* line);
void AddCellsCommand(CommandLine* line);
void AddRulesCommand(CommandLine* line);
void AddCheckpointCommand(CommandLine* line);
void AddHealthCommand(CommandLine* line);
void AddKeyCommands(CommandLine* line);
void AddBackupCommands(CommandLine* line);
void AddWitnessCommand(CommandLine* line);
void AddCompletionCommand(CommandLine* line);
void AddVersionCommand(CommandLine* line);

// All of them, in the order in which `--help` lists them.
void AddAllCommands(CommandLine* line);

}  // namespace annals::client

#endif  // ANNALS_CLIENT_COMMANDS_COMMANDS_H_
