// What is better with script and works without: tables are sorted by their heads, pictures are
// taken as PNG.
"use strict";
const english = document.documentElement.lang === "en";

function key(row, index) {
  const cell = row.cells[index];
  const number = cell.querySelector("data");
  if (number) return number.value === "" ? null : isNaN(number.value) ? number.value : Number(number.value);
  const text = cell.textContent.trim();
  return text === "–" ? null : text;
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "vi");
}

function sortable(table) {
  for (const [index, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].map((row) => [key(row, index), row]);
      rows.sort((a, b) => {
        if (a[0] === null || b[0] === null) return compare(a[0], b[0]);
        return down ? compare(b[0], a[0]) : compare(a[0], b[0]);
      });
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  }
}

function takeAsPng(link) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "take-png";
  button.textContent = english ? "Download PNG" : "Tải PNG";
  button.addEventListener("click", async () => {
    const text = await (await fetch(link.href)).text();
    const image = new Image();
    const source = new Blob([text], { type: "image/svg+xml" });
    const bitmap = await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => { image.onload = () => done(image); image.onerror = failed; image.src = reader.result; };
      reader.readAsDataURL(source);
    });
    const box = link.closest("figure").querySelector("svg").viewBox.baseVal;
    const canvas = document.createElement("canvas");
    canvas.width = box.width * 3;
    canvas.height = box.height * 3;
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const taken = document.createElement("a");
    taken.download = `${link.dataset.picture}.png`;
    taken.href = canvas.toDataURL("image/png");
    taken.click();
  });
  link.after(" · ", button);
}

document.querySelectorAll("table[data-sortable]").forEach(sortable);
document.querySelectorAll("a[data-picture]").forEach(takeAsPng);

function said(vi, en) { return english ? en : vi; }

function cell(row, tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  row.append(made);
}

// The first line is the sender's headings and ours; a field in quotes may hold commas and line ends.
function parsedCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.replace(/^\ufeff/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    rows[rows.length - 1].push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length > 1);
}

async function refusedRows(id, place) {
  const link = document.createElement("a");
  link.href = `/v1/imports/${id}/rejected`;
  link.textContent = said("Tải các dòng bị từ chối, kèm lý do", "Download refused rows with reasons");
  const line = document.createElement("p");
  line.append(link);
  place.append(line);
  const answer = await fetch(link.href);
  if (!(answer.headers.get("content-type") || "").startsWith("text/csv")) return;
  const [head, ...rows] = parsedCsv(await answer.text());
  const first = head.lastIndexOf("row");
  const table = document.createElement("table");
  const caption = table.createCaption();
  caption.textContent = said("Lỗi theo dòng", "Faults by row");
  const heads = table.createTHead().insertRow();
  for (const name of head.slice(first)) { cell(heads, "th", name); heads.lastChild.scope = "col"; }
  const body = table.createTBody();
  for (const row of rows.slice(0, 200)) {
    const made = body.insertRow();
    for (const value of row.slice(first)) cell(made, "td", value);
  }
  place.append(table);
}

function upload(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = document.getElementById("upload-result");
    place.textContent = said("Đang gửi…", "Sending…");
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const result = await answer.json();
    place.textContent = "";
    const line = document.createElement("p");
    line.className = "note";
    if (!answer.ok) {
      line.textContent = `${result.code}: ${(english ? result.detail : result.detail_vi) || result.detail}`;
      place.append(line);
      return;
    }
    line.textContent = said(
      `Đã đọc ${result.rows_read} dòng: ${result.accepted} nhận, ${result.duplicates} trùng, ${result.rejected} bị từ chối.`,
      `${result.rows_read} rows read: ${result.accepted} accepted, ${result.duplicates} duplicates, ${result.rejected} refused.`);
    place.append(line);
    for (const notice of result.notices || []) {
      const told = document.createElement("p");
      told.textContent = english ? notice.detail : notice.detail_vi;
      place.append(told);
    }
    if (result.rejected) await refusedRows(result.import_id, place);
  });
}

document.querySelectorAll("form[data-upload]").forEach(upload);
