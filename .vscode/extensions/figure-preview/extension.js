// The only files that know the editor are this one and diagnostics.js; all else is plain functions that Node tests.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const diagnostics = require("./diagnostics.js");
const names = require("./names.js");
const pictures = require("./pictures.js");
const preview = require("./preview.js");
const { addressOf } = require("./site.js");

const PAGES = { language: "markdown", pattern: "**/{_projects,_pages}/**/*.md" };

/** What is known of numbers and claims in the folder of a document; nothing before the first build. */
function evidence(document) {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  try {
    return JSON.parse(fs.readFileSync(path.join(folder.uri.fsPath, "_data/evidence.json"), "utf8"));
  } catch {
    return {};
  }
}

const hover = {
  provideHover(document, { line, character }) {
    const found = names.hover(evidence(document), document.fileName, document.lineAt(line).text, character);
    return found && new vscode.Hover(new vscode.MarkdownString(found.text), new vscode.Range(line, found.start, line, found.end));
  },
};

const completion = {
  provideCompletionItems(document, position) {
    const before = document.lineAt(position.line).text.slice(0, position.character);
    return names.completions(evidence(document), document.fileName, before)?.map(({ name, detail, run, typed }) => {
      const item = new vscode.CompletionItem({ label: name, detail: `  ${detail}`, description: run }, vscode.CompletionItemKind.Value);
      item.range = new vscode.Range(position.translate(0, -typed), position);
      return item;
    });
  },
};

const paths = {
  provideCompletionItems(document, position) {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    const before = document.getText(new vscode.Range(new vscode.Position(0, 0), position));
    return (folder && pictures.completions(folder.uri.fsPath, document.fileName, before))?.map(({ text, typed }, order) => {
      const item = new vscode.CompletionItem(text, vscode.CompletionItemKind.File);
      item.range = new vscode.Range(position.translate(0, -typed), position);
      // What is typed may begin the file's name alone.
      item.filterText = document.getText(item.range) + text;
      item.sortText = String(order).padStart(5, "0");
      return item;
    });
  },
};

/** Comments that name numbers and claims step back, so that the sentence can be read; the numbers themselves stand out. */
function marks(context) {
  const comment = vscode.window.createTextEditorDecorationType({ opacity: "0.35", fontStyle: "normal" });
  const number = vscode.window.createTextEditorDecorationType({ textDecoration: "underline dotted" });
  const range = (document) => ({ start, end }) => new vscode.Range(document.positionAt(start), document.positionAt(end));
  const draw = (editor) => {
    if (!editor || !vscode.languages.match(PAGES, editor.document)) return;
    const found = names.marks(editor.document.getText());
    editor.setDecorations(comment, found.comments.map(range(editor.document)));
    editor.setDecorations(number, found.numbers.map(range(editor.document)));
  };
  const all = () => vscode.window.visibleTextEditors.forEach(draw);
  all();
  context.subscriptions.push(
    comment,
    number,
    vscode.window.onDidChangeVisibleTextEditors(all),
    vscode.workspace.onDidChangeTextDocument(({ document }) => vscode.window.visibleTextEditors.filter((editor) => editor.document === document).forEach(draw)),
  );
}

/** Open the page at hand, as the site shows it, beside the editor; the site is served first where it is not yet. */
async function openSite() {
  const site = vscode.workspace.getConfiguration("figurePreview").get("site");
  const document = vscode.window.activeTextEditor?.document;
  const address = site + (document ? addressOf(document.getText()) : "/projects/");
  const answers = () => fetch(site, { method: "HEAD" }).then(() => true, () => false);
  if (!(await answers())) {
    const serve = (await vscode.tasks.fetchTasks()).find(({ name }) => name === "Serve the site");
    if (serve) await vscode.tasks.executeTask(serve);
    const waiting = { location: vscode.ProgressLocation.Notification, title: "Waiting for the site …", cancellable: true };
    await vscode.window.withProgress(waiting, async (_, stopped) => {
      for (let tries = 0; tries < 240 && !stopped.isCancellationRequested && !(await answers()); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 500));
    });
    if (!(await answers())) return vscode.window.showErrorMessage(`Nothing answers at ${site}: look into the task "Serve the site".`);
  }
  const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  return vscode.commands.executeCommand("simpleBrowser.api.open", vscode.Uri.parse(address), beside);
}

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.languages.registerHoverProvider(PAGES, hover),
    vscode.languages.registerCompletionItemProvider(PAGES, completion, "-", "."),
    vscode.languages.registerCompletionItemProvider(PAGES, paths, '"', "(", "/"),
    vscode.commands.registerCommand("figure-preview.openSite", openSite),
  );
  marks(context);
  diagnostics.activate(context, PAGES);
  return {
    extendMarkdownIt: (md) =>
      md.use(preview, {
        folderOf: (uri) => vscode.workspace.getWorkspaceFolder(uri)?.uri,
        exists: (folder, file) => !folder.fsPath || fs.existsSync(path.join(folder.fsPath, file)),
      }),
  };
};
