#pragma once
// Which table a note goes to, and with which columns. Notes that have no table of their own go to note_row, so that
// nothing that a handler told is lost. ISR changes need names and are made by the recorder itself.

#include <cstdint>
#include <span>

#include "sim/record/parcel.h"
#include "sim/record/run_writer.h"

namespace kscope::record {

/// Inserts the rows of one note. `placed`: the record ids of an appended batch.
void insert_note(RunWriter& writer, const NoteOfEvent& note, std::span<const std::int64_t> placed);

}  // namespace kscope::record
