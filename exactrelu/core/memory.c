#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

#define ALIGNMENT 16
#define LEAST ((size_t)1 << 20)

static size_t rounded(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static char *items(Block *block)
{
    return (char *)block + rounded(sizeof(Block));
}

/* Return room for `size` bytes on top of the stack, NULL if there is no memory. */
void *stack_take(Stack *stack, size_t size)
{
    Block *block = stack->top;
    size = rounded(size);
    if (!block || block->size - block->used < size) {
        Block *next = block ? block->after : NULL;
        if (next && next->size < size) {
            block->after = NULL;
            while (next) {
                Block *after = next->after;
                free(next);
                next = after;
            }
        }
        if (!next) {
            size_t room = size > LEAST ? size : LEAST;
            next = malloc(rounded(sizeof(Block)) + room);
            if (!next)
                return NULL;
            next->size = room;
            next->before = block;
            next->after = NULL;
            if (block)
                block->after = next;
        }
        next->used = 0;
        stack->top = block = next;
    }
    block->used += size;
    return items(block) + block->used - size;
}

/* Keep only the first `size` bytes of what was taken last. */
void stack_shrink(Stack *stack, void *taken, size_t size)
{
    stack->top->used = (size_t)((char *)taken - items(stack->top)) + rounded(size);
}

Mark stack_mark(const Stack *stack)
{
    Mark mark = {stack->top, stack->top ? stack->top->used : 0};
    return mark;
}

/* Release all that was taken after the mark. */
void stack_release(Stack *stack, Mark mark)
{
    if (mark.block) {
        stack->top = mark.block;
        mark.block->used = mark.used;
    } else if (stack->top) {
        while (stack->top->before)
            stack->top = stack->top->before;
        stack->top->used = 0;
    }
}

void stack_free(Stack *stack)
{
    Block *block = stack->top;
    while (block && block->before)
        block = block->before;
    while (block) {
        Block *after = block->after;
        free(block);
        block = after;
    }
    stack->top = NULL;
}

/* Return room for `count` more bytes at the end, to be filled; NULL if there is no memory. */
char *extend(Bytes *bytes, size_t count)
{
    if (!bytes->items || bytes->room - bytes->count < count) {
        size_t room = 2 * (bytes->count + count) + 1024;
        char *longer = bytes->failed ? NULL : realloc(bytes->items, room);
        if (!longer) {
            bytes->failed = 1;
            return NULL;
        }
        bytes->items = longer;
        bytes->room = room;
    }
    bytes->count += count;
    return bytes->items + bytes->count - count;
}

void free_bytes(Bytes *bytes)
{
    free(bytes->items);
}
