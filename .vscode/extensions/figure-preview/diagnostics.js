// Faults of the pages as the editor shows them: looked for when a page is saved, with the cure as a quick fix.
const vscode = require("vscode");
const { build, faults, inTurn, remedy } = require("./check.js");

const WATCHED = /[\\/](?:_projects|_pages)[\\/].*\.md$|[\\/]showcase[\\/]values[\\/][^\\/]+\.yaml$/;

exports.activate = (context, pages) => {
  // Named as the tasks' problem matchers are: the same fault is listed once.
  const shown = { false: vscode.languages.createDiagnosticCollection("pages"), true: vscode.languages.createDiagnosticCollection("pages-advice") };
  const known = new WeakMap(); // diagnostic → its fault

  const look = inTurn(async () => {
    if (!vscode.workspace.isTrusted) return; // the project's own Python would run
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const found = await faults(folder.uri.fsPath);
      if (!found) continue;
      for (const advice of [false, true]) {
        shown[advice].clear();
        for (const [path, listed] of found) {
          const those = listed.filter((fault) => fault.advice === advice).map((fault) => diagnostic(fault, known));
          if (those.length) shown[advice].set(vscode.Uri.joinPath(folder.uri, path), those);
        }
      }
    }
  });

  const actions = {
    provideCodeActions: (document, _, { diagnostics }) =>
      diagnostics.flatMap((one) => {
        const fault = known.get(one) ?? faultAt(document, one);
        const way = fault && remedy(fault, document.getText(one.range));
        return way ? [action(document, one, way)] : [];
      }),
  };
  // The editor may hand its own copies of our diagnostics over.
  const faultAt = (document, { message, range }) =>
    [false, true].flatMap((advice) => shown[advice].get(document.uri) ?? []).filter((one) => one.message === message && one.range.isEqual(range)).map((one) => known.get(one))[0];

  const fix = async () => {
    await vscode.workspace.saveAll(false);
    for (const folder of vscode.workspace.workspaceFolders ?? []) await build(folder.uri.fsPath, "--fix");
    await look();
  };

  context.subscriptions.push(
    shown.false,
    shown.true,
    vscode.commands.registerCommand("figure-preview.fix", fix),
    vscode.languages.registerCodeActionsProvider(pages, actions, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    vscode.workspace.onDidSaveTextDocument((document) => WATCHED.test(document.fileName) && look()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => look()),
  );
  look();
};

function diagnostic(fault, known) {
  const severity = fault.advice ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Error;
  const made = new vscode.Diagnostic(new vscode.Range(...fault.range), fault.words, severity);
  made.source = "pages";
  known.set(made, fault);
  return made;
}

function action(document, one, way) {
  const made = new vscode.CodeAction(way.title, vscode.CodeActionKind.QuickFix);
  made.diagnostics = [one];
  made.isPreferred = true;
  if (way.fix) {
    made.command = { command: "figure-preview.fix", title: way.title };
  } else {
    made.edit = new vscode.WorkspaceEdit();
    made.edit.replace(document.uri, one.range, way.text);
  }
  return made;
}
