#include "follow/answer.h"

#include "base/enc.h"
#include "wire/sshkey.h"

#include <string.h>

void
answer_clear(struct answer *a)
{
	buf_clear(&a->lines);
	a->n = 0;
	a->id[0] = a->name[0] = '\0';
}

static void
line_cut(struct str line, struct answer_line *ret)
{
	struct str rest = STR_NONE;

	*ret = (struct answer_line){.type = line};
	if (str_cut(line, ' ', &ret->type, &rest) &&
	    !str_cut(rest, ' ', &ret->base64, &ret->comment))
		ret->base64 = rest;
}

struct str
answer_key(struct str line)
{
	struct answer_line l;

	line_cut(line, &l);
	return str_sub(line, 0, l.type.n + 1 + l.base64.n);
}

int
answer_line(struct str line, struct answer_line *ret, struct buf *ret_blob)
{
	struct answer_line l;
	enum sshkey_type type;
	unsigned bits;
	int r;

	line_cut(line, &l);
	if (line.n > SSHKEY_LINE_MAX || l.comment.n > SSHKEY_COMMENT_MAX ||
	    !str_is_text(l.comment))
		return OUT_MALFORMED;
	r = dec_b64(ret_blob, l.base64);
	if (r != 0)
		return r < 0 ? r : OUT_MALFORMED;
	if (sshkey_blob(buf_str(ret_blob), &type, &bits) != 0 ||
	    !str_eq(sshkey_type_name(type), l.type))
		return OUT_MALFORMED;
	*ret = l;
	return 0;
}

static bool
has_key(const struct answer *a, struct str key)
{
	struct str rest = buf_str(&a->lines), line;

	while (rest.n > 0 && str_next(&rest, '\n', &line))
		if (line.n > 0 && str_eq(answer_key(line), key))
			return true;
	return false;
}

bool
answer_within(const struct answer *a, const struct answer *b)
{
	struct str rest = buf_str(&a->lines), line;

	while (rest.n > 0 && str_next(&rest, '\n', &line))
		if (line.n > 0 && !has_key(b, answer_key(line)))
			return false;
	return true;
}

static bool
word_keep(struct str word, size_t max, char *ret)
{
	if (word.n == 0 || word.n > max)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!((word.p[i] >= '0' && word.p[i] <= '9') ||
		      (word.p[i] >= 'a' && word.p[i] <= 'z') ||
		      (word.p[i] >= 'A' && word.p[i] <= 'Z') ||
		      word.p[i] == '-'))
			return false;
	memcpy(ret, word.p, word.n);
	ret[word.n] = '\0';
	return true;
}

/* What it does not know is for later versions to say. */
static int
remark_read(struct str line, struct answer *a)
{
	struct str rest, id, name;

	if (!str_printable(line))
		return OUT_MALFORMED;
	if (!str_starts(line, STR("# server ")))
		return 0;
	rest = str_sub(line, STR("# server ").n, SIZE_MAX);
	if (!str_cut(rest, ' ', &id, &name) ||
	    !word_keep(id, ANSWER_ID_MAX, a->id) ||
	    !word_keep(name, ANSWER_NAME_MAX, a->name))
		return OUT_MALFORMED;
	return 0;
}

static int
key_read(struct str line, struct answer *a, struct note *note)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT;
	struct answer_line l;
	int r = answer_line(line, &l, &blob);

	if (r < 0)
		return r;
	if (r > 0)
		return note_set(note, OUT_MALFORMED,
				"a line of the answer is no public key");
	if (++a->n > ANSWER_KEYS_MAX)
		return note_set(note, OUT_MALFORMED, "more than %d keys",
				ANSWER_KEYS_MAX);
	(void)buf_addstr(&a->lines, line);
	return buf_addc(&a->lines, '\n');
}

int
answer_lines(struct str text, struct answer *ret, struct note *note)
{
	struct str line;

	answer_clear(ret);
	if (text.n > 0 && !str_ends(text, STR("\n")))
		return note_set(note, OUT_MALFORMED,
				"the last line has no end");
	while (text.n > 0 && str_next(&text, '\n', &line)) {
		int r = line.n == 0	   ? OUT_MALFORMED
			: line.p[0] == '#' ? remark_read(line, ret)
					   : key_read(line, ret, note);

		if (r == OUT_MALFORMED && note != NULL && note->text[0] == '\0')
			(void)note_set(note, r, "a line is of no known form");
		if (r != 0) {
			answer_clear(ret);
			return r;
		}
	}
	return 0;
}

static bool
is_no(int status, struct str body)
{
	struct str mark = STR(ANSWER_REFUSED);

	if (status != 401 && status != 403 && status != 404 && status != 410)
		return false;
	return str_starts(body, mark) &&
	       (body.n == mark.n || body.p[mark.n] == '\n' ||
		body.p[mark.n] == ' ');
}

int
answer_read(int status, struct str body, struct answer *ret, struct note *note)
{
	struct str magic = STR(ANSWER_MAGIC "\n");

	answer_clear(ret);
	if (is_no(status, body))
		return note_set(note, OUT_DENIED,
				"latchkeyd refuses this machine (status %d)",
				status);
	if (status != 200)
		return note_set(note, OUT_UNSUPPORTED,
				"an answer with status %d", status);
	if (body.n > ANSWER_MAX || !str_starts(body, magic))
		return note_set(note, OUT_UNSUPPORTED,
				"an answer that is not latchkeyd's");
	return answer_lines(str_sub(body, magic.n, SIZE_MAX), ret, note);
}
