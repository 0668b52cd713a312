// Reads a file of separated values as far as a chart of it needs: the server reads it for itself.

const fields = (line, separator) => {
  const result = [];
  let field = "";
  let isQuoted = false;
  for (let place = 0; place < line.length; place++) {
    const character = line[place];
    if (character === '"') {
      if (isQuoted && line[place + 1] === '"') field += line[++place];
      else isQuoted = !isQuoted;
    } else if (character === separator && !isQuoted) {
      result.push(field);
      field = "";
    } else {
      field += character;
    }
  }
  result.push(field);
  return result.map((one) => one.trim());
};

// The columns of numbers, with their names.
export const numberColumns = (text) => {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (!lines.length) return [];
  const separator = [",", "\t", ";"].sort((one, other) => lines[0].split(other).length - lines[0].split(one).length)[0];
  const rows = lines.map((line) => fields(line, separator));
  const isNumber = (field) => field !== "" && Number.isFinite(Number(field));
  const hasHead = rows.length > 1 && rows[0].some((field) => field !== "" && !isNumber(field));
  const body = hasHead ? rows.slice(1) : rows;
  return rows[0].map((field, column) => ({
    name: hasHead ? field : rows[0].length === 1 ? "value" : `variable ${column + 1}`,
    values: body.map((row) => (isNumber(row[column] ?? "") ? Number(row[column]) : NaN)),
  })).filter(({ values }) => values.filter(Number.isFinite).length > values.length / 2);
};
