#include "sim/scenario/action.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/scenario/action_params.h"
#include "sim/scenario/action_verbs.h"
#include "sim/scenario/limits.h"

namespace kscope::scenario {
namespace {

constexpr std::size_t kMaxLineBytes = 2000;

struct Word {
  std::string text;
  bool is_quoted = false;
};

// Splits at blanks; double quotes keep blanks and may hold \" and \\.
Result<std::vector<Word>> split(std::string_view line) {
  std::vector<Word> words;
  std::size_t i = 0;
  while (i < line.size()) {
    if (line[i] == ' ' || line[i] == '\t') {
      ++i;
      continue;
    }
    Word word;
    if (line[i] == '"') {
      word.is_quoted = true;
      ++i;
      while (i < line.size() && line[i] != '"') {
        if (line[i] == '\\' && i + 1 < line.size()) {
          ++i;
        }
        word.text += line[i++];
      }
      if (i == line.size()) {
        return Error{"a quote is opened and never closed", {}, 0};
      }
      ++i;
    } else {
      while (i < line.size() && line[i] != ' ' && line[i] != '\t') {
        word.text += line[i++];
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string quote_if_needed(const std::string& text) {
  if (!text.empty() && text.find_first_of(" \t\"\\") == std::string::npos) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

std::string normalised(std::string_view word) {
  std::string out(word);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

const VerbDef* find_verb(std::string_view word) {
  const std::string wanted = normalised(word);
  for (const VerbDef& def : verb_defs()) {
    if (def.info.word == wanted) {
      return &def;
    }
  }
  return nullptr;
}

Error unknown_verb(std::string_view word) {
  std::vector<std::string> words;
  for (const VerbInfo& verb : verb_table()) {
    words.emplace_back(verb.word);
  }
  const std::string hint = did_you_mean(normalised(word), words);
  return Error{fmt::format("\"{}\" is no action{}", shown(word),
                           hint.empty() ? "; expected a verb such as crash, restart, cut, heal, pause" : hint),
               {},
               0};
}

Error problem_with(const VerbDef& def, std::string_view problem) {
  return Error{fmt::format("{}: {} (usage: {})", def.info.word, problem, def.info.usage), {}, 0};
}

const Param* find_param(const VerbDef& def, std::string_view key) {
  for (const Param& param : def.params) {
    if (param.key == key) {
      return &param;
    }
  }
  // Other words for the first parameter, when that is a node.
  const bool is_node_word = key == "node" || key == "broker" || key == "from" || key == "client" || key == "consumer" ||
                            key == "producer" || key == "server" || key == "member" || key == "group";
  if (is_node_word && !def.params.empty() && (def.params[0].key == "node" || def.params[0].key == "of")) {
    return &def.params[0];
  }
  if (key == "to" && def.params.size() > 1 && def.params[1].kind == ParamKind::kPeer) {
    return &def.params[1];
  }
  if (key == "topic" && !def.params.empty() && def.params[0].kind == ParamKind::kConfigured) {
    return &def.params[0];
  }
  return nullptr;
}

// The parameters in the order of the verb: they depend on one another (a config's name on whose it is).
Result<Action> read_in_order(const VerbDef& def, const std::vector<std::optional<std::string>>& values,
                             const Names& names) {
  Action action;
  action.verb = def.info.verb;
  for (std::size_t i = 0; i < def.params.size(); ++i) {
    const Param& param = def.params[i];
    if (!values[i]) {
      if (!param.is_optional) {
        return problem_with(def, fmt::format("{} is missing", param.key));
      }
      continue;
    }
    const std::string problem = read_param(param, *values[i], names, action);
    if (!problem.empty()) {
      return problem_with(def, problem);
    }
  }
  return action;
}

}  // namespace

Result<Action> parse_action(std::string_view line, const Names& names) {
  if (line.size() > kMaxLineBytes) {
    return Error{fmt::format("a line of script has at most {} letters", kMaxLineBytes), {}, 0};
  }
  const Result<std::vector<Word>> split_words = split(line);
  if (!split_words) {
    return split_words.error();
  }
  const std::vector<Word>& words = *split_words;
  if (words.empty()) {
    return Error{"an empty line; expected an action such as crash b1", {}, 0};
  }
  const VerbDef* def = find_verb(words[0].text);
  if (def == nullptr) {
    return unknown_verb(words[0].text);
  }
  if (words.size() - 1 > def->params.size()) {
    return problem_with(*def, fmt::format("\"{}\" is too much", shown(words[def->params.size() + 1].text)));
  }
  std::vector<std::optional<std::string>> values(def->params.size());
  for (std::size_t i = 1; i < words.size(); ++i) {
    values[i - 1] = words[i].text;
  }
  return read_in_order(*def, values, names);
}

Result<Action> parse_action_table(std::string_view word, const std::vector<ActionField>& fields, const Names& names) {
  if (word.find(' ') != std::string_view::npos) {
    if (!fields.empty()) {
      return Error{
          fmt::format("the action is given as a line, so \"{}\" is too much; write do = \"{}\" with keys, or all "
                      "in one line",
                      shown(fields[0].key), shown(word.substr(0, word.find(' ')))),
          {},
          0};
    }
    return parse_action(word, names);
  }
  const VerbDef* def = find_verb(word);
  if (def == nullptr) {
    return unknown_verb(word);
  }
  std::vector<std::optional<std::string>> values(def->params.size());
  for (const ActionField& field : fields) {
    const Param* param = find_param(*def, field.key);
    if (param == nullptr) {
      std::vector<std::string> keys;
      for (const Param& known : def->params) {
        keys.emplace_back(known.key);
      }
      return problem_with(*def, fmt::format("there is no \"{}\"{}", shown(field.key), did_you_mean(field.key, keys)));
    }
    std::optional<std::string>& value = values[static_cast<std::size_t>(param - def->params.data())];
    if (value) {
      return problem_with(*def, fmt::format("{} is given twice", param->key));
    }
    value = field.value;
  }
  return read_in_order(*def, values, names);
}

std::string to_text(const Action& action) {
  const VerbDef& def = verb_defs()[static_cast<std::size_t>(action.verb)];
  std::string out(def.info.word);
  for (const Param& param : def.params) {
    const std::string value = write_param(param, action);
    if (value.empty() && param.is_optional) {
      break;
    }
    out += " " + quote_if_needed(value);
  }
  return out;
}

std::vector<ActionField> to_fields(const Action& action) {
  const VerbDef& def = verb_defs()[static_cast<std::size_t>(action.verb)];
  std::vector<ActionField> fields;
  for (const Param& param : def.params) {
    const std::string value = write_param(param, action);
    if (value.empty() && param.is_optional) {
      continue;
    }
    fields.push_back({std::string(param.key), value});
  }
  return fields;
}

}  // namespace kscope::scenario
