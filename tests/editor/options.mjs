// What test_editor.py passes to a scenario: one JSON object as the only argument.
export const options = JSON.parse(process.argv[2]);
