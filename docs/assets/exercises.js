/**
 * The exercises of the course on a page without Python: a field for the answer, checked as `vw.course.check` does.
 * What is said to an answer is that of vae_widgets/course/judging.py; tests/course/test_exercises_of_the_site.py compares both.
 */

const CLOSE = 0.1; // of the right number

const no = (hint) => ({ right: false, hint });
const distance = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));
const within = (values, others) => values.every((value) => others.includes(value));
const same = (values, others) => values.length === others.length && within(values, others);

/** The numbers in a text, with blanks or commas between them and brackets around them; null if it has anything else. */
function numbersOf(text) {
  const words = text.trim().replace(/^[[({]|[\])}]$/g, "").split(/[\s,;]+/).filter(Boolean);
  const numbers = words.map((word) => {
    const [above, below = 1, ...more] = word.split("/"); // a fraction will do, too
    return more.length ? NaN : Number(above) / Number(below);
  });
  return numbers.every(Number.isFinite) ? numbers : null;
}

function judgeNumber(exercise, text) {
  const values = numbersOf(text.replace(/^(\s*-?\d*),(\d+\s*)$/, "$1.$2")); // a decimal comma
  if (!values) return no("That is no number. Write it with digits, such as 0.25.");
  if (values.length !== 1) return no(`One number is asked for; this has ${values.length}.`);
  const [value] = values;
  const { answer, tolerance, near, unit } = exercise;
  if (Math.abs(value - answer) <= tolerance) return { right: true, hint: exercise.right };
  for (const miss of near)
    if (Math.abs(value - miss.answer) <= Math.max(tolerance, 0.01 * Math.abs(miss.answer))) return no(miss.hint);
  if (unit === "share" && Math.abs(value / 100 - answer) <= tolerance)
    return no("That is per cent. Give a share, from 0 to 1.");
  if (unit === "share" && !(value >= 0 && value <= 1))
    return no("A share lies between 0 and 1: a half is 0.5, not 50. Divide the number of those that count by that of all.");
  if (answer && Math.abs(value + answer) <= tolerance) return no("The size is right; look at the sign.");
  if (Math.abs(value - answer) <= Math.max(3 * tolerance, CLOSE * Math.abs(answer)))
    return no(
      "Close, but not close enough. Do not round in between, do not read it off a picture, and look once more which samples count.",
    );
  return no(exercise.wrong);
}

function judgeChoice(exercise, text) {
  if (text === exercise.answer) return { right: true, hint: exercise.right };
  return no(exercise.near.find((miss) => miss.answer === text)?.hint ?? exercise.wrong);
}

function judgeSet(exercise, text) {
  const values = numbersOf(text);
  if (!values || values.some((value) => !Number.isInteger(value)))
    return no("Give a list of whole numbers, such as [0, 5].");
  const { answer, near } = exercise;
  if (values.length === 1 && !/^\s*[[({]/.test(text))
    return no(
      values[0] === answer.length
        ? "The number is right. Now give the list: which ones?"
        : "A list is asked for, such as [0, 5]: which ones, not how many.",
    );
  const given = [...new Set(values)];
  if (same(given, answer)) return { right: true, hint: exercise.right };
  for (const miss of near) if (same(given, miss.answer)) return no(miss.hint);
  if (same(given, answer.map((value) => value + 1))) return no("Count from 0, as Python does.");
  if (given.length && within(given, answer)) return no("All of these belong to it, but some are missing.");
  if (within(answer, given)) return no("All that belong to it are there, but so are others.");
  return no(exercise.wrong);
}

function judgePlace(exercise, text) {
  const values = numbersOf(text);
  const { answer, tolerance } = exercise;
  if (values?.length !== answer.length)
    return no(`A place of the plane has ${answer.length} coordinates, such as 0.5, -1.2.`);
  if (distance(values, answer) <= tolerance) return { right: true, hint: exercise.right };
  for (const miss of exercise.near) if (distance(values, miss.answer) <= tolerance) return no(miss.hint);
  if (distance(values, answer) <= 2 * tolerance)
    return no("Close. It is in the right region, but not in the middle of it.");
  return no(exercise.wrong);
}

const JUDGES = { number: judgeNumber, choice: judgeChoice, set: judgeSet, place: judgePlace };

/** Compare what was typed with the answer of an exercise. */
function judge(exercise, text) {
  if (!text.trim()) return no(`Type your answer first. ${exercise.question}`);
  return JUDGES[exercise.kind](exercise, text);
}

const EXAMPLES = { number: "a number", set: "such as [0, 5]", place: "where you picked, such as 0.5, -1.2" };

/** Put the field of an exercise, and what is said to the answer, into an element. */
function showExercise(element) {
  const exercise = JSON.parse(atob(element.dataset.exercise));
  const form = document.createElement("form");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const answer = (text) => {
    const verdict = judge(exercise, text);
    element.dataset.right = verdict.right;
    said.textContent = `${verdict.right ? "✔ Right." : "→ Not yet."} ${verdict.hint}`;
  };
  const button = (label) => {
    const made = document.createElement("button");
    made.textContent = label;
    form.append(made);
    return made;
  };
  form.append(`${exercise.name}: `);
  if (exercise.kind === "choice") {
    for (const letter of exercise.options) {
      const made = button(letter);
      made.type = "button";
      made.onclick = () => {
        for (const other of form.querySelectorAll("button")) other.setAttribute("aria-pressed", other === made);
        answer(letter);
      };
    }
  } else {
    const field = document.createElement("input");
    field.setAttribute("aria-label", `Answer to exercise ${exercise.name}`);
    field.placeholder = EXAMPLES[exercise.kind];
    field.autocomplete = "off";
    form.append(field);
    button("Check");
    form.onsubmit = (event) => {
      event.preventDefault();
      answer(field.value);
    };
  }
  element.replaceChildren(form, said);
}

if (typeof document !== "undefined") document.querySelectorAll(".live-exercise").forEach(showExercise);
