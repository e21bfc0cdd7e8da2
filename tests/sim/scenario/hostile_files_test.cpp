// Wrong, contradictory and hostile scenario files, one a row: each is refused with the line, what was expected, and the
// nearest name where one is near. None may crash, hang, or cost memory.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sim/scenario/limits.h"
#include "sim/scenario/scenario.h"

namespace kscope::scenario::hostile_files_test {
namespace {

using testing::HasSubstr;

// A whole scenario; rows add to it or replace a part. Line 1 to 15.
constexpr const char* kWhole = R"toml(title = "whole"
until = "60s"
brokers = 3
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "4/s" }
[[group]]
id = "billing"
topics = ["orders"]
members = 2
)toml";

struct Row {
  const char* name;
  std::string text;
  std::vector<std::string> says;  ///< each a part of the errors
};

std::string whole_and(const std::string& more) { return kWhole + more; }
std::string whole_but(const std::string& old, const std::string& instead) {
  std::string text = kWhole;
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), instead);
}
std::string at(const std::string& time, const std::string& line) {
  return whole_and("[[at]]\ntime = " + time + "\ndo = \"" + line + "\"\n");
}
std::string expecting(const std::string& condition) { return whole_and("[[expect]]\nthat = '" + condition + "'\n"); }
std::string repeated(const std::string& part, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += part;
  }
  return out;
}

std::string repeated_numbered(const std::string& key, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += fmt::format("{}{} = 1\n", key, i);
  }
  return out;
}

std::vector<Row> rows() {
  return {
      // What is no scenario at all.
      {"empty", "", {"f.toml: error: there is no broker; expected [[broker]] with an id, or brokers = 3"}},
      {"only blanks", "\n\n  \t\n", {"there is no broker"}},
      {"only a comment", "# nothing\n", {"there is no broker"}},
      {"binary",
       std::string("\x7f"
                   "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
                   16),
       {"f.toml:1: error: this is no TOML"}},
      {"picture", "\x89PNG\r\n\x1a\n", {"this is no TOML"}},
      {"NUL byte", std::string("brokers = 1\ntitle = \"a\0b\"\n", 26), {"f.toml:2: error: this is no TOML"}},
      {"NUL escape", "brokers = 1\nrack\\u0000 = 1\n", {"f.toml:2: error: this is no TOML"}},
      {"bad UTF-8", "brokers = 1\ntitle = \"\xc3\x28\"\n", {"f.toml:2: error: this is no TOML"}},
      {"UTF-16",
       std::string("\xff\xfe"
                   "b\0r\0",
                   6),
       {"this is no TOML"}},
      {"open quote", "title = \"never closed\nbrokers = 1\n", {"f.toml:1: error: this is no TOML"}},
      {"JSON", "{ \"brokers\": 3 }", {"f.toml:1: error: this is no TOML"}},
      {"YAML", "brokers: 3\ntopics:\n  - orders\n", {"f.toml:1: error: this is no TOML"}},
      {"same key twice", "brokers = 1\nbrokers = 2\n", {"f.toml:2: error: this is no TOML"}},
      {"table and value",
       "brokers = 1\nnetwork = 1\n[network]\nlatency = \"1ms\"\n",
       {"f.toml:3: error: this is no TOML"}},
      {"too large", std::string((1 << 20) + 1, '\n'), {"a scenario has at most 1048576"}},
      {"deep keys", repeated("a.", 100'000) + "a = 1\n", {"f.toml:1: error: more than 500 dots in one line"}},
      {"deep lists", "a = " + std::string(200'000, '['), {"this is no TOML"}},
      {"deep tables", "a = " + repeated("{a=", 100'000), {"this is no TOML"}},
      {"deep table headings", repeated("[a" + repeated(".a", 400) + "]\n", 1), {"knows no \"a.a."}},
      {"long key", std::string(100'000, 'k') + " = 1\n", {"f.toml:1: error: the scenario knows no \"kkk"}},
      {"long text", "brokers = 1\ntitle = \"" + std::string(100'000, 'x') + "\"\n", {"f.toml:2: error: title"}},
      {"many problems", repeated("[[topic]]\nnme = \"a\"\n", 900), {"f.toml:2: error: [[topic]] knows no \"nme\""}},

      // Wrong words.
      {"unknown key",
       whole_but("title", "titel"),
       {"f.toml:1: error: the scenario knows no \"titel\"; did you mean \"title\"?"}},
      {"unknown table", whole_and("[[consumer]]\nid = 1\n"), {"f.toml:16: error: the scenario knows no \"consumer\""}},
      {"unknown key of a topic",
       whole_but("partitions = 3", "partition = 3"),
       {"f.toml:6: error: [[topic]] knows no \"partition\"; did you mean \"partitions\"?"}},
      {"unknown config",
       whole_and("[defaults.broker]\nreplica.lag.time.max.m = 3\n"),
       {"f.toml:17: error:", "did you mean \"replica.lag.time.max.ms\"?"}},
      {"config of another kind", whole_and("[defaults.consumer]\nlinger.ms = 3\n"), {"f.toml:17: error:", "linger.ms"}},
      {"unknown ZooKeeper setting",
       whole_and("[zookeeper]\nconfig = { tickTme = 2000 }\n"),
       {"f.toml:17: error: \"tickTme\" is no setting of ZooKeeper that is modelled; did you mean \"tickTime\"?"}},
      {"unknown topic of a producer",
       whole_but("topic = \"orders\"", "topic = \"order\""),
       {"f.toml:8: error: shop wants topic \"order\", which has no [[topic]]; did you mean \"orders\"?"}},
      {"unknown topic of a group",
       whole_but("topics = [\"orders\"]", "topics = [\"oders\"]"),
       {"f.toml:12: error: group billing wants topic \"oders\"", "did you mean \"orders\"?"}},
      {"unknown action",
       at("\"1s\"", "crush b1"),
       {"f.toml:16: error: \"crush\" is no action; did you mean \"crash\"?"}},
      {"action on a node that is not there",
       at("\"1s\"", "crash b4"),
       {"f.toml:16: error: crash: there is no node called \"b4\"; did you mean \"b1\"? (usage: crash NODE)"}},
      {"action on the wrong kind of node", at("\"1s\"", "leave b1"), {"f.toml:16: error: leave: b1 is no consumer"}},
      {"action on a partition that is not there",
       at("\"1s\"", "elect-unclean orders-3"),
       {"f.toml:16: error:", "expected orders-0 to orders-2"}},
      {"action with too much", at("\"1s\"", "crash b1 b2"), {"\"b2\" is too much"}},
      {"action with too little", at("\"1s\"", "delay b1 b2"), {"delay: duration is missing"}},
      {"action with an unknown key",
       whole_and("[[at]]\ntime = \"1s\"\ndo = \"disk-slow\"\nbroker = 1\nfacter = 3\n"),
       {"f.toml:16: error: disk-slow: there is no \"facter\"; did you mean \"factor\"?"}},
      {"action with a list",
       whole_and("[[at]]\ntime = \"1s\"\ndo = \"crash\"\nnode = [\"b1\", \"b2\"]\n"),
       {"f.toml:19: error: node of [[at]] is a list; expected a text or a number"}},
      {"action without a time", whole_and("[[at]]\ndo = \"crash b1\"\n"), {"f.toml:16: error: [[at]] has no time"}},
      {"action without do", whole_and("[[at]]\ntime = \"1s\"\n"), {"f.toml:16: error: [[at]] has no do"}},
      {"action of a member that never is", at("\"1s\"", "start billing-400"), {"did you mean \"billing-1\"?"}},
      {"set of a config that is not there",
       at("\"1s\"", "set orders min.insync.replica 1"),
       {"did you mean \"min.insync.replicas\"?"}},
      {"set of a value that Kafka refuses",
       at("\"1s\"", "set orders min.insync.replicas 0"),
       {"f.toml:16: error: set:"}},
      {"condition that does not parse", expecting("leader(orders-0) = 1"), {"f.toml:16: error:", "expected =="}},
      {"condition of an unknown word", expecting("lider(orders-0) == 1"), {"did you mean \"leader\"?"}},
      {"condition of an unknown group", expecting("lag(biling) == 0"), {"did you mean \"billing\"?"}},
      {"condition that cannot be true", expecting("state(billing) == Stabel"), {"did you mean \"Stable\"?"}},
      {"condition without end", expecting("isr(orders-0) == [1,"), {"f.toml:16: error:", "expected a broker id"}},
      {"condition that is nested too deeply", expecting(std::string(2000, '(') + "time"), {"nested too deeply"}},
      {"condition that is huge", expecting(std::string(19'000, 'x')), {"a condition has at most 4096 letters"}},
      {"condition that is a number", whole_and("[[expect]]\nthat = 7\n"), {"f.toml:17: error: that of [[expect]]"}},
      {"expectation without a condition",
       whole_and("[[expect]]\nwithin = \"5s\"\n"),
       {"f.toml:16: error: [[expect]] has no that"}},

      // Wrong types.
      {"brokers as text",
       whole_but("brokers = 3", "brokers = \"three\""),
       {"f.toml:3: error: brokers", "an integer from 1 to 128"}},
      {"brokers as list", whole_but("brokers = 3", "brokers = [1,2,3]"), {"f.toml:3: error: brokers"}},
      {"partitions with a point", whole_but("partitions = 3", "partitions = 3.5"), {"f.toml:6: error: partitions"}},
      {"partitions as a date", whole_but("partitions = 3", "partitions = 2024-01-01"), {"f.toml:6: error: partitions"}},
      {"topic as a value", whole_and("producer = 3\n"), {"f.toml:16: error"}},
      {"topic as a table", "brokers = 1\n[topic]\nname = \"a\"\n", {"f.toml:2: error:", "under [[topic]]"}},
      {"network as a number",
       "network = 3\nbrokers = 1\n",
       {"f.toml:1: error: network is an integer; expected a table [network]"}},
      {"name as a number", whole_but("name = \"orders\"", "name = 7"), {"f.toml:5: error: name", "a name in quotes"}},
      {"workload as a text", whole_but("{ rate = \"4/s\" }", "\"4/s\""), {"f.toml:11: error: workload is no table"}},
      {"config as a text",
       whole_and("config = \"acks=1\"\n"),
       {"f.toml:16: error: config", "a table of Kafka configs"}},
      {"config as a table in a table",
       whole_and("[defaults.producer]\nacks = { all = true }\n"),
       {"f.toml:17: error:"}},
      {"topics as a number", whole_but("[\"orders\"]", "3"), {"f.toml:14: error: topics"}},
      {"seed as a text", "seed = \"seven\"\nbrokers = 1\n", {"f.toml:1: error: seed", "an integer from 0"}},
      {"always as a text",
       whole_and("[[expect]]\nalways = \"yes\"\nthat = \"time > 1s\"\n"),
       {"f.toml:17: error: always", "true or false"}},
      {"duration as a number", whole_but("\"60s\"", "60"), {"f.toml:2: error: until", "a duration such as"}},
      {"duration with a point", whole_but("\"60s\"", "\"1.5s\""), {"f.toml:2: error: until", "a duration such as"}},

      // Out of range.
      {"a million brokers",
       whole_but("brokers = 3", "brokers = 1000000"),
       {"f.toml:3: error: brokers", "from 1 to 128"}},
      {"no brokers", whole_but("brokers = 3", "brokers = 0"), {"f.toml:3: error: brokers", "from 1 to 128"}},
      {"negative brokers", whole_but("brokers = 3", "brokers = -3"), {"f.toml:3: error: brokers"}},
      {"an integer beyond 64 bits",
       whole_but("brokers = 3", "brokers = 99999999999999999999"),
       {"f.toml:3: error: this is no TOML"}},
      {"a million partitions",
       whole_but("partitions = 3", "partitions = 1000000"),
       {"f.toml:6: error: partitions", "from 1 to 10000"}},
      {"more replicas than brokers",
       whole_but("replication.factor = 3", "replication.factor = 4"),
       {"f.toml:4: error: topic orders wants 4 replicas but there are 3 brokers"}},
      {"more replicas than the model can hold",
       whole_but("partitions = 3", "partitions = 9000") + "[defaults.broker]\noffsets.topic.num.partitions = 9000\n",
       {"with this there are 54", "at most 40000"}},
      {"a million partitions by a config",
       whole_and("[defaults.broker]\noffsets.topic.num.partitions = 1000000\n"),
       {"f.toml:17: error: with this there are"}},
      {"a million partitions by the default",
       whole_but("partitions = 3\n", "") + "[defaults.broker]\nnum.partitions = 1000000\n",
       {"replicas; at most 40000"}},
      {"many topics by actions",
       whole_and(repeated("[[at]]\ntime = \"1s\"\ndo = \"create-topic t 10000 1\"\n", 5)),
       {"replicas; at most 40000"}},
      {"a million members",
       whole_but("members = 2", "members = 1000000"),
       {"f.toml:15: error: members", "from 0 to 1000"}},
      {"too many members together",
       whole_but("members = 2", "members = 900\nspare = 900"),
       {"there are 1800 consumers; at most 1000"}},
      {"a million records a second and more",
       whole_but("4/s", "1000001/s"),
       {"f.toml:11: error: rate is \"1000001/s\"", "at most 1000000/s"}},
      {"negative rate", whole_but("4/s", "-4/s"), {"f.toml:11: error: rate is \"-4/s\""}},
      {"rate of words", whole_but("4/s", "fast"), {"f.toml:11: error: rate is \"fast\"; expected such as \"200/s\""}},
      {"rate that overflows", whole_but("4/s", "9223372036854775807/s"), {"f.toml:11: error: rate"}},
      {"a million keys and more",
       whole_but("rate = \"4/s\"", "key = \"zipf(1000001)\""),
       {"f.toml:11: error: key", "N from 1 to 1000000"}},
      {"keys of no number", whole_but("rate = \"4/s\"", "key = \"zipf()\""), {"f.toml:11: error: key"}},
      {"unknown keys", whole_but("rate = \"4/s\"", "key = \"zipff(3)\""), {"f.toml:11: error: key is \"zipff(3)\""}},
      {"record of a terabyte", whole_but("rate = \"4/s\"", "size = \"1000GB\""), {"f.toml:11: error: size", "100MiB"}},
      {"negative size", whole_but("rate = \"4/s\"", "size = -1"), {"f.toml:11: error: size"}},
      {"negative limit", whole_but("rate = \"4/s\"", "limit = -1"), {"f.toml:11: error: limit"}},
      {"run without length",
       whole_but("\"60s\"", "\"0s\""),
       {"until is the length of the run; expected a duration above 0"}},
      {"negative run", whole_but("\"60s\"", "\"-60s\""), {"f.toml:2: error: until"}},
      {"run of a century", whole_but("\"60s\"", "\"36500d\""), {"f.toml:2: error: until", "at most 8760 hours"}},
      {"duration that overflows", whole_but("\"60s\"", "\"99999999999999999999d\""), {"f.toml:2: error: until"}},
      {"latency of a year",
       whole_and("[network]\nlatency = \"365d\"\n"),
       {"f.toml:17: error: latency", "at most 24 hours"}},
      {"negative latency", whole_and("[network]\nlatency = \"-1ms\"\n"), {"f.toml:17: error: latency"}},
      {"disk that stands still", whole_and("[disk]\nbandwidth = 0\n"), {"f.toml:17: error: bandwidth"}},
      {"a hundred ZooKeepers",
       whole_and("[zookeeper]\nservers = 100\n"),
       {"f.toml:17: error: servers", "from 1 to 15"}},
      {"negative broker id", "[[broker]]\nid = -1\n", {"f.toml:2: error: id"}},
      {"factor of a billion", at("\"1s\"", "disk-slow b1 1000000000"), {"a factor from 1 (normal) to 1000000"}},
      {"percentage above 100", at("\"1s\"", "loss b1 b2 101"), {"a percentage from 0 to 100"}},
      {"clock that jumps a year", at("\"1s\"", "clock-step b1 -365d"), {"is longer than 24 hours"}},
      {"config beyond its range",
       whole_and("[defaults.broker]\nnum.io.threads = 0\n"),
       {"f.toml:17: error:", "num.io.threads"}},
      {"config that is no number",
       whole_and("[defaults.broker]\nnum.io.threads = \"many\"\n"),
       {"f.toml:17: error:", "num.io.threads"}},
      {"config that overflows",
       whole_and("[defaults.broker]\nnum.io.threads = 2147483648\n"),
       {"f.toml:17: error:", "num.io.threads"}},
      {"config with a huge value",
       whole_and("[defaults.producer]\nclient.id = \"" + std::string(2000, 'x') + "\"\n"),
       {"f.toml:17: error: client.id"}},
      {"many unknown configs",
       "brokers = 63\n[defaults.broker]\n" + repeated_numbered("replica.lag.time.max.m", 499),
       {"f.toml:3: error:", "did you mean \"replica.lag.time.max.ms\"?"}},
      {"too many configs",
       "brokers = 1\n[defaults.broker]\n" + repeated_numbered("x", 50'000),
       {"f.toml:2: error: defaults.broker of the scenario has 50000 configs; at most 500"}},
      {"many unknown keys",
       repeated_numbered("title", 50'000),
       {"f.toml:1: error: the scenario knows no \"title0\"; did you mean \"title\"?"}},
      {"many unknown topics",
       repeated("[[topic]]\nname=\"t\"\n", 900) +
           repeated("[[group]]\nid=\"g\"\ntopics=[" + repeated("\"u\",", 300) + "]\n", 499),
       {"there is no broker"}},
      {"too many actions",
       "brokers = 1\n" + repeated("[[at]]\ntime = \"1s\"\ndo = \"heal-all\"\n", 5001),
       {"5001 times [[at]]; at most 5000"}},
      {"too many expectations",
       "brokers = 1\n" + repeated("[[expect]]\nthat = \"time > 1s\"\n", 501),
       {"501 times [[expect]]; at most 500"}},
      {"too many topics",
       "brokers = 1\n" + repeated("[[topic]]\nname = \"a\"\n", 1001),
       {"1001 times [[topic]]; at most 1000"}},

      // What contradicts itself or the rest.
      {"broker twice",
       "[[broker]]\nid = 1\n[[broker]]\nid = 1\n",
       {"f.toml:3: error: broker 1 is there already, at line 1"}},
      {"broker without id", "[[broker]]\nrack = \"a\"\n", {"f.toml:1: error: [[broker]] has no id"}},
      {"topic twice", whole_and("[[topic]]\nname = \"orders\"\n"), {"f.toml:16: error: topic orders is there already"}},
      {"Kafka's own topic",
       whole_and("[[topic]]\nname = \"__consumer_offsets\"\n"),
       {"f.toml:16: error: __consumer_offsets is made by Kafka itself"}},
      {"topic without name", whole_and("[[topic]]\npartitions = 1\n"), {"f.toml:16: error: [[topic]] has no name"}},
      {"topic of dots", whole_but("name = \"orders\"", "name = \"..\""), {"f.toml:5: error: name", "letters, digits"}},
      {"topic with a blank", whole_but("name = \"orders\"", "name = \"or ders\""), {"f.toml:5: error: name"}},
      {"topic with a long name",
       whole_but("name = \"orders\"", "name = \"" + std::string(250, 'a') + "\""),
       {"f.toml:5: error: name"}},
      {"group twice",
       whole_and("[[group]]\nid = \"billing\"\ntopics = [\"orders\"]\n"),
       {"f.toml:16: error: group billing is there already"}},
      {"group without topics",
       whole_but("topics = [\"orders\"]", "topics = []"),
       {"f.toml:12: error: group billing has no topics"}},
      {"producer with the name of a broker",
       whole_but("name = \"shop\"", "name = \"b1\""),
       {"f.toml:8: error: two nodes are called \"b1\""}},
      {"producer with the name of a member",
       whole_but("name = \"shop\"", "name = \"billing-2\""),
       {"two nodes are called \"billing-2\""}},
      {"member that is not there",
       whole_and("[[group.member]]\nnumber = 3\n"),
       {"f.toml:16: error: group billing has no member 3; expected 1 to 2"}},
      {"member twice",
       whole_and("[[group.member]]\nnumber = 1\n[[group.member]]\nnumber = 1\n"),
       {"member 1 of group billing is there already"}},
      {"assignment to a broker that is not there",
       whole_but("replication.factor = 3", "assignment = [[1,2],[2,9]]"),
       {"f.toml:4: error: assignment of topic orders"}},
      {"assignment twice to one broker",
       whole_but("replication.factor = 3", "assignment = [[1,1],[2,3],[3,1]]"),
       {"assignment of topic orders: [1,1]"}},
      {"assignment of another number of partitions",
       whole_but("replication.factor = 3", "assignment = [[1,2]]"),
       {"f.toml:4: error:"}},
      {"assignment of uneven rows",
       whole_but("partitions = 3\nreplication.factor = 3", "assignment = [[1,2],[3]]"),
       {"f.toml:4: error:"}},
      {"assignment of texts",
       whole_but("replication.factor = 3", "assignment = [[\"b1\"]]"),
       {"f.toml:7: error: assignment"}},
      {"assignment without rows",
       whole_but("replication.factor = 3", "assignment = [[],[],[]]"),
       {"assignment of topic orders"}},
      {"config twice",
       whole_and("[defaults.broker]\nnum.io.threads = 1\n\"num.io.threads\" = 2\n"),
       {"f.toml:18: error: num.io.threads is set twice"}},
      {"configs that Kafka refuses together",
       whole_and("config = { heartbeat.interval.ms = 60000, session.timeout.ms = 6000 }\n"),
       {"f.toml:12: error: group billing: "}},
      {"nobody commits",
       whole_and("config = { enable.auto.commit = false }\n"),
       {"f.toml:12: error:", "nobody commits"}},
      {"commits twice",
       whole_and("commit = \"after-processing\"\nconfig = { enable.auto.commit = true }\n"),
       {"expected one of them"}},
      {"unknown commit",
       whole_and("commit = \"after\"\n"),
       {"f.toml:16: error: commit is \"after\"", "did you mean \"after-processing\"?"}},
      {"both ends of a link", at("\"1s\"", "cut b1 b1"), {"both ends are b1"}},
      {"action in the past", at("\"-1s\"", "crash b1"), {"f.toml:17: error: time"}},
      {"action at no time", at("\"soon\"", "crash b1"), {"f.toml:17: error: time", "is \"soon\""}},
      {"expected after the end",
       whole_and("[[expect]]\nwithin = \"61s\"\nthat = \"time > 1s\"\n"),
       {"f.toml:16: error: this is expected after the end of the run (60s)"}},
      {"expected to end before it begins",
       whole_and("[[expect]]\nfrom = \"20s\"\nwithin = \"10s\"\nthat = \"time > 1s\"\n"),
       {"f.toml:16: error: [[expect]] begins after it ends"}},
      {"expected to begin after the end",
       whole_and("[[expect]]\nalways = true\nfrom = \"70s\"\nthat = \"time > 1s\"\n"),
       {"f.toml:16: error: this is expected after the end of the run (60s)"}},
      {"expected in two ways",
       whole_and("[[expect]]\nat = \"10s\"\nalways = true\nthat = \"time > 1s\"\n"),
       {"more than one of within, at, always and finally"}},
      {"unknown metadata",
       "metadata = \"etcd\"\nbrokers = 1\n",
       {"metadata is \"etcd\"; expected \"zookeeper\" or \"kraft\""}},
      {"Kafka 4", "kafka.version = \"4.0\"\nbrokers = 1\n", {"which has no ZooKeeper; expected \"3.9\""}},
      {"unknown Kafka", "kafka.version = \"latest\"\nbrokers = 1\n", {"kafka.version is \"latest\"; expected \"3.9\""}},
  };
}

std::string errors_of(const std::string& text) {
  const Result<Scenario> scenario = parse(text, "f.toml");
  return scenario ? "" : scenario.error().text;
}

TEST(HostileFiles, each_is_refused_with_its_line_and_what_was_expected) {
  ASSERT_EQ(errors_of(kWhole), "") << "what the rows change must be whole";
  int count = 0;
  for (const Row& row : rows()) {
    if (row.says.empty()) {
      continue;
    }
    ++count;
    const std::string errors = errors_of(row.text);
    for (const std::string& part : row.says) {
      EXPECT_THAT(errors.substr(0, 3000), HasSubstr(part)) << row.name;
    }
    // One sentence an error, for people: no dump of what was read.
    EXPECT_LT(errors.size(), 60'000U) << row.name;
    EXPECT_EQ(errors.find('\0'), std::string::npos) << row.name;
  }
  EXPECT_GE(count, 120);
}

TEST(HostileFiles, all_mistakes_of_a_file_are_told_at_once_by_line) {
  const std::string errors = errors_of(whole_but("title", "titel") + R"toml([[at]]
time = "1s"
do = "crush b1"
[[at]]
time = "soon"
do = "crash b9"
[[expect]]
that = "lider(orders-0) == 1"
[[expect]]
that = "leader(orders-7) == 1"
)toml");
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < errors.size();) {
    const std::size_t end = std::min(errors.find('\n', begin), errors.size());
    lines.push_back(errors.substr(begin, end - begin));
    begin = end + 1;
  }
  ASSERT_EQ(lines.size(), 6U) << errors;
  EXPECT_THAT(lines[0], HasSubstr("f.toml:1: "));
  EXPECT_THAT(lines[1], HasSubstr("f.toml:16: "));
  EXPECT_THAT(lines[2], HasSubstr("f.toml:19: "));
  EXPECT_THAT(lines[3], HasSubstr("f.toml:20: "));
  EXPECT_THAT(lines[4], HasSubstr("f.toml:22: "));
  EXPECT_THAT(lines[5], HasSubstr("f.toml:24: "));
}

TEST(HostileFiles, what_is_no_file_is_refused_by_name) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("kscope-hostile-{}", getpid());
  std::filesystem::create_directories(folder / "inside.toml");
  const auto error_of = [](const std::filesystem::path& path) {
    const Result<Scenario> scenario = load(path.string());
    return scenario ? std::string() : to_string(scenario.error());
  };
  EXPECT_THAT(error_of(folder / "inside.toml"), HasSubstr("inside.toml: this is a folder"));
  EXPECT_THAT(error_of(folder / "gone.toml"), HasSubstr("gone.toml: there is no such file"));
  EXPECT_THAT(error_of(""), HasSubstr("there is no such file"));
  EXPECT_THAT(error_of(std::string(5000, 'x')), HasSubstr("there is no such file"));
  EXPECT_THAT(error_of("/dev/zero"), HasSubstr("expected a scenario file")) << "a device without end";
  std::ofstream(folder / "secret.toml") << "brokers = 1\n";
  ASSERT_EQ(chmod((folder / "secret.toml").c_str(), 0), 0);
  if (geteuid() != 0) {  // root reads everything
    EXPECT_THAT(error_of(folder / "secret.toml"), HasSubstr("cannot be read"));
  }
  std::filesystem::create_symlink(folder / "round.toml", folder / "round.toml");
  EXPECT_FALSE(error_of(folder / "round.toml").empty());
  ASSERT_EQ(mkfifo((folder / "pipe.toml").c_str(), 0600), 0);
  EXPECT_THAT(error_of(folder / "pipe.toml"), HasSubstr("expected a scenario file")) << "nobody writes into it";
  std::filesystem::remove_all(folder);
}

// The limits that the format promises are reached by files that are still read.
TEST(HostileFiles, files_at_the_limits_are_read) {
  EXPECT_EQ(errors_of(fmt::format("brokers = {}\n", kMaxBrokers)), "");
  EXPECT_EQ(
      errors_of(whole_but("partitions = 3\nreplication.factor = 3", "partitions = 10000\nreplication.factor = 1")), "");
  EXPECT_EQ(errors_of(whole_but("members = 2", "members = 900")), "");
  EXPECT_EQ(errors_of(whole_but("4/s", "1000000/s")), "");
  EXPECT_EQ(errors_of(whole_but("rate = \"4/s\"", "size = \"100MiB\"")), "");
  EXPECT_EQ(errors_of(whole_but("\"60s\"", "\"365d\"")), "");
  EXPECT_EQ(errors_of("brokers = 1\n" + repeated("[[at]]\ntime = \"1s\"\ndo = \"heal-all\"\n", 5000)), "");
}

}  // namespace
}  // namespace kscope::scenario::hostile_files_test
