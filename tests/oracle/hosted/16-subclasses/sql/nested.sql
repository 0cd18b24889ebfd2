update {{ params.word }} -- {{ ds }}
