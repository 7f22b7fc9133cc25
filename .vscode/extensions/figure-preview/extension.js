// The only file that knows the editor; all else is plain markdown-it.
const vscode = require("vscode");
const preview = require("./preview.js");

exports.activate = () => ({
  extendMarkdownIt: (md) => md.use(preview, { folderOf: (uri) => vscode.workspace.getWorkspaceFolder(uri)?.uri }),
});
