// The only file that knows the editor; all else is plain functions that Node tests.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const names = require("./names.js");
const preview = require("./preview.js");

const PAGES = { language: "markdown", pattern: "**/_projects/**/*.md" };

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

exports.activate = (context) => {
  context?.subscriptions.push(
    vscode.languages.registerHoverProvider(PAGES, hover),
    vscode.languages.registerCompletionItemProvider(PAGES, completion, "-", "."),
  );
  return {
    extendMarkdownIt: (md) =>
      md.use(preview, {
        folderOf: (uri) => vscode.workspace.getWorkspaceFolder(uri)?.uri,
        exists: (folder, file) => !folder.fsPath || fs.existsSync(path.join(folder.fsPath, file)),
      }),
  };
};
